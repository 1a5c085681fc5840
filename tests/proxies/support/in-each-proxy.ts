import { createImClient, type ImClient, type ImClientOptions } from "@im/client";
import type { Dialer } from "@im/transport-core";
import { tcpDialer } from "@im/transport-tcp";
import { wsDialer } from "@im/transport-ws";
import type { CommandMap } from "@im/wire";
import { describe, onTestFailed, onTestFinished, vi } from "vitest";
import type { ProxyKind, ProxySetting, Route, RunningProxy } from "../proxies/proxy.js";
import { Service } from "./service.js";

/** Runs these tests with each of these proxies that is installed. */
export function inEachProxy(what: string, kinds: readonly ProxyKind[], tests: (kind: ProxyKind) => void): void {
  for (const kind of kinds) describe.skipIf(!kind.isInstalled)(`${what}, through ${kind.name}`, () => tests(kind));
}

/** Two gateways behind a proxy, until the end of the test. If it fails, the proxy's log is printed. */
export async function startBehind(kind: ProxyKind, setting: Partial<ProxySetting> = {}) {
  const service = await Service.start();
  onTestFinished(() => service.stop());
  const { upstreams, certificate } = service;
  const proxy = await kind.start({ upstreams, certificate, idleSeconds: 60, drainSeconds: 60, ...setting });
  onTestFinished(() => proxy.stop());
  onTestFailed(() => console.error(`${kind.name} printed:\n${proxy.log}`));
  return { service, proxy };
}

/** @param headers of an upgrade request */
export function dialerFor(service: Service, { scheme }: Route, headers: Record<string, string> = {}): Dialer {
  const tls = { ca: service.certificate.cert };
  switch (scheme) {
    case "ws":
      return wsDialer({ headers });
    case "wss":
      return wsDialer({ headers, tls });
    case "tcp":
      return tcpDialer();
    case "tls":
      return tcpDialer({ tls });
  }
}

type ClientOptions = Partial<ImClientOptions<CommandMap>>;

/** A client that signs in through the proxy, and is closed at the end of the test. */
export async function connect(
  { service, proxy }: { readonly service: Service; readonly proxy: RunningProxy },
  route: Route,
  options: ClientOptions & { readonly token: string },
): Promise<ImClient & { readonly states: readonly string[] }> {
  const client: ImClient = createImClient<Record<never, never>>({
    dialer: dialerFor(service, route),
    address: proxy.address(route),
    reconnect: { baseMs: 50, capMs: 500 },
    requestTimeoutMs: 30_000,
    ...options,
  });
  const states: string[] = [];
  client.onStatus(({ state }) => void states.push(state));
  onTestFinished(() => client.close());
  await client.connect();
  return Object.assign(client, { states });
}

/** Waits for what must become true, with a deadline. */
export function eventually(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: 30_000, interval: 10 });
}
