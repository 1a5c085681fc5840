import type { ServerOptions } from "@im/transport-core";
import { createTcpServer } from "@im/transport-tcp";
import { createWsServer } from "@im/transport-ws";
import { commandMap } from "@im/wire/messages";
import { onTestFinished } from "vitest";
import {
  createGateway,
  type Gateway,
  GatewayError,
  type GatewayErrorContext,
  type GatewayOptions,
  type Identity,
} from "../../src/index.js";

type Map = typeof commandMap;

export interface Started {
  readonly gateway: Gateway<Map, undefined>;
  readonly ws: string;
  readonly tcp: string;
  /** What `onError` was called with. */
  readonly errors: { readonly error: unknown; readonly context: GatewayErrorContext }[];
}

/** A token is `account` or `account@device`, and `refused` is refused. */
export function identityOf(token: string): Identity<undefined> {
  if (token === "refused") throw new GatewayError("IM_ERR_UNAUTHORIZED", "this token is not welcome");
  const at = token.lastIndexOf("@");
  return at < 0 ? { account: token } : { account: token.slice(0, at), device: token.slice(at + 1) };
}

/** A gateway on ws and tcp for one test. `set` adds its handlers. */
export async function startGateway(
  set: (gateway: Gateway<Map, undefined>) => void = () => {},
  options: Partial<GatewayOptions<Map, undefined>> = {},
  serverOptions: ServerOptions = {},
): Promise<Started> {
  const errors: Started["errors"] = [];
  const ws = createWsServer({ host: "127.0.0.1", ...serverOptions });
  const tcp = createTcpServer({ host: "127.0.0.1", ...serverOptions });
  const gateway = createGateway({
    servers: [ws, tcp],
    authenticate: ({ token }) => identityOf(token),
    commands: commandMap,
    onError: (error, context) => void errors.push({ error, context }),
    ...options,
  });
  set(gateway);
  await gateway.start();
  const cut = AbortSignal.abort();
  onTestFinished(async () => void (await gateway.shutdown({ signal: cut })));
  return { gateway, ws: ws.dialUrl, tcp: tcp.dialUrl, errors };
}
