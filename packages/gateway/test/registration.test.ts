import { createTcpServer } from "@im/transport-tcp";
import { createWsServer } from "@im/transport-ws";
import { Status } from "@im/wire";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import {
  createGateway,
  MemoryServiceRegistry,
  type RegisteredService,
  registryAddresses,
  type ServiceRegistry,
} from "../src/index.js";
import { PacketPeer } from "./support/packet-peer.js";
import { startGateway } from "./support/started-gateway.js";
import { gate, within } from "./support/within.js";

const all = { serviceName: "im", includesDraining: true };

/** What a registry has of the servers of a gateway, by protocol. */
const shown = (services: readonly RegisteredService[]) =>
  services.map(({ protocol, dialUrl, isDraining }) => ({ protocol, dialUrl, isDraining }));

/** A registry of which some calls are another's. */
function registryWith(calls: Partial<ServiceRegistry>): ServiceRegistry {
  const registry = new MemoryServiceRegistry();
  return {
    register: (...args) => registry.register(...args),
    deregister: (service) => registry.deregister(service),
    find: (query) => registry.find(query),
    watch: (...args) => registry.watch(...args),
    ...calls,
  };
}

describe("a gateway with a registry", () => {
  it("registers each of its servers when it has started, as the server's option says", async () => {
    const registry = new MemoryServiceRegistry();
    const service = { serviceName: "chat", tags: ["eu"], meta: { zone: "a" }, namespace: "test" };
    const { ws, tcp } = await startGateway(undefined, { registry }, { service });
    const found = registry.find({ ...service });
    expect(shown(found)).toEqual([
      { protocol: "websocket", dialUrl: ws, isDraining: false },
      { protocol: "tcp", dialUrl: tcp, isDraining: false },
    ]);
  });

  it("is draining before its first session is moved, and gone when it has shut down", async () => {
    const registry = new MemoryServiceRegistry();
    const { gateway, ws, tcp } = await startGateway(undefined, { registry });
    const peers = [await PacketPeer.signIn(ws, "alice"), await PacketPeer.signIn(tcp, "bob")];
    const handedOut: number[] = [];
    registry.watch({ serviceName: "im" }, (services) => handedOut.push(services.length));
    const draining = Promise.all(
      peers.map(async ({ ended }) => {
        const { code } = await ended;
        return [code, registry.find({ serviceName: "im" }).length, registry.find(all).length];
      }),
    );
    const report = gateway.shutdown();
    expect(await draining).toEqual([
      [1001, 0, 2],
      [1001, 0, 2],
    ]);
    expect(await report).toEqual({ clean: 2, cut: 0 });
    expect([handedOut.at(-1), registry.find(all)]).toEqual([0, []]);
  });

  it("renews its lease", async () => {
    const registry = new MemoryServiceRegistry();
    const register = vi.spyOn(registry, "register");
    await startGateway(undefined, { registry, leaseMs: 60 });
    await vi.waitFor(() => expect(register.mock.calls.length).toBeGreaterThan(6), 8_000);
    expect(register.mock.calls.every(([, { leaseMs }]) => leaseMs === 60)).toBe(true);
  });

  it.each([
    ["rejects", () => Promise.reject(new Error("away")), "away"],
    [
      "throws",
      () => {
        throw new Error("away");
      },
      "away",
    ],
    ["hangs", () => new Promise<never>(() => {}), "registry.register took longer than 50 ms"],
  ])("serves its sessions while the registry %s, and registers when that is over", async (_, away, message) => {
    let isAway = true;
    const memory = new MemoryServiceRegistry();
    const registry = registryWith({
      register: (...args) => (isAway ? away() : memory.register(...args)),
      find: (query) => memory.find(query),
    });
    const options = { registry, leaseMs: 60, portTimeoutMs: 50 };
    const { ws, errors } = await startGateway((to) => to.handleRaw("a.b", (ctx) => ctx.respond()), options);
    const alice = await PacketPeer.signIn(ws, "alice");
    await vi.waitFor(() => expect(errors.length).toBeGreaterThan(4), 8_000);
    expect(errors[0]).toMatchObject({ error: { message }, context: { during: "registry" } });
    expect((await alice.request({ command: "a.b" })).status).toBe(Status.Success);
    isAway = false;
    await vi.waitFor(() => expect(registry.find(all)).toHaveLength(2), 8_000);
  });

  it("shuts down though the registry hangs, at the signal without a wait for it", async () => {
    const hang = () => new Promise<never>(() => {});
    const memory = new MemoryServiceRegistry();
    const registry = registryWith({
      register: (service, options) => (options.isDraining ? hang() : memory.register(service, options)),
    });
    const { gateway, ws } = await startGateway(undefined, { registry, portTimeoutMs: 60_000 });
    const alice = await PacketPeer.signIn(ws, "alice");
    const stop = new AbortController();
    const report = gateway.shutdown({ signal: stop.signal });
    stop.abort();
    expect(await within(report, "the shutdown")).toEqual({ clean: 0, cut: 1 });
    await alice.ended;
  });

  it("keeps the rate of its first shutdown, though another call comes before the registry has answered", async () => {
    const { opened, open } = gate();
    const memory = new MemoryServiceRegistry();
    const registry = registryWith({
      register: async (service, options) => {
        if (options.isDraining) await opened;
        memory.register(service, options);
      },
    });
    const { gateway, ws, tcp } = await startGateway(undefined, { registry });
    const peers = [];
    for (const name of ["alice", "bob"])
      peers.push(await PacketPeer.signIn(ws, name), await PacketPeer.signIn(tcp, `${name} 2`));
    const staged = gateway.shutdown({ connectionsPerSecond: 0.01 });
    const again = gateway.shutdown();
    open();
    await Promise.all(peers.slice(0, 2).map(({ ended }) => ended));
    await vi.waitFor(() => expect(gateway.sessions().size).toBe(2), 8_000);
    await gateway.shutdown({ signal: AbortSignal.abort() });
    expect(await staged).toEqual(await again);
  });

  it("registers nothing if it cannot start", async () => {
    const registry = new MemoryServiceRegistry();
    const register = vi.spyOn(registry, "register");
    const { tcp } = await startGateway();
    const port = Number(new URL(tcp).port);
    const servers = [createWsServer({ host: "127.0.0.1" }), createTcpServer({ host: "127.0.0.1", port })];
    const gateway = createGateway({ servers, authenticate: () => undefined, registry });
    await expect(gateway.start()).rejects.toMatchObject({ code: "IM_ERR_LISTEN" });
    await gateway.shutdown();
    expect(register).not.toHaveBeenCalled();
  });

  it.each([
    ["a registry without `watch`", { registry: registryWith({ watch: undefined as never }) }, "registry"],
    ["two servers of one id", { registry: new MemoryServiceRegistry() }, "servers[1]"],
  ])("refuses %s", (_, options, name) => {
    const service = { serviceId: "one" };
    const servers = [createWsServer({ service }), createTcpServer({ service })];
    const create = () => createGateway({ servers, authenticate: () => undefined, ...options });
    expect(create).toThrow(
      expect.objectContaining({ code: "IM_ERR_INVALID_OPTION", message: expect.stringContaining(name) }),
    );
  });
});

describe("registryAddresses", () => {
  it("gives the addresses of what is handed out now, and leaves out services that no dialer reaches", async () => {
    const registry = new MemoryServiceRegistry();
    const { gateway, ws, tcp } = await startGateway(undefined, { registry });
    const other = { ...registry.find(all)[0]!, serviceId: "a socket", dialUrl: "" };
    registry.register(other, { leaseMs: 60_000 });
    onTestFinished(() => registry.deregister(other));
    expect([...(await registryAddresses(registry, all)())].sort()).toEqual([tcp, ws]);
    const addresses = registryAddresses(registry, { serviceName: "im", protocol: "tcp" });
    expect(await addresses()).toEqual([tcp]);
    await gateway.shutdown();
    expect(await addresses()).toEqual([]);
  });

  it("gives them in random order", async () => {
    const services = Array.from({ length: 8 }, (_, index) => ({ dialUrl: `ws://host-${index}/` }) as RegisteredService);
    const addresses = registryAddresses({ find: () => services }, all);
    const first = new Set<string>();
    while (first.size < services.length) first.add((await addresses())[0]!);
    expect([...(await addresses())].sort()).toEqual(services.map(({ dialUrl }) => dialUrl));
  });
});
