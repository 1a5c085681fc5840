import type { ClientOptions, ImClientOptions, RequestOptions } from "@im/client";
import { createClient, createImClient } from "@im/client";
import { createGateway, type GatewayOptions, type MemoryIdempotencyStoreOptions } from "@im/gateway";
import type {
  AbortOptions,
  Accepted,
  ChannelOptions,
  ConnOptions,
  DialerContext,
  MessageListener,
  ServerOptions,
  StateListener,
  TransportHooks,
} from "@im/transport-core";
import { createTcpServer, type TcpDialerOptions, type TcpServerOptions, tcpDialer } from "@im/transport-tcp";
import { createWsServer, type WsDialerOptions, type WsServerOptions, wsDialer } from "@im/transport-ws";
import type { CommandMap } from "@im/wire";
import { expect, expectTypeOf, it } from "vitest";

/** The names of the options that may be absent but not undefined. */
type RefusesUndefined<Options> = {
  [Name in keyof Options]-?: Record<never, never> extends Pick<Options, Name>
    ? Record<Name, undefined> extends Pick<Options, Name>
      ? never
      : Name
    : never;
}[keyof Options];

interface AllOptions {
  readonly abort: AbortOptions;
  readonly accepted: Accepted;
  readonly channel: ChannelOptions;
  readonly client: ClientOptions;
  readonly conn: ConnOptions;
  readonly dialer: DialerContext;
  readonly gateway: GatewayOptions<CommandMap, unknown>;
  readonly imClient: ImClientOptions<CommandMap>;
  readonly login: NonNullable<ImClientOptions<CommandMap>["login"]>;
  readonly offlineQueue: NonNullable<ImClientOptions<CommandMap>["offlineQueue"]>;
  readonly reconnect: NonNullable<ImClientOptions<CommandMap>["reconnect"]>;
  readonly request: RequestOptions;
  readonly server: ServerOptions;
  readonly service: NonNullable<ServerOptions["service"]>;
  readonly store: MemoryIdempotencyStoreOptions;
  readonly tcpDialer: TcpDialerOptions;
  readonly tcpServer: TcpServerOptions;
  readonly wsDialer: WsDialerOptions;
  readonly wsServer: WsServerOptions;
}

it("every option that may be absent may be undefined", () => {
  type Refusing = { [Name in keyof AllOptions]: RefusesUndefined<AllOptions[Name]> };
  expectTypeOf<Refusing>().toEqualTypeOf<{ [Name in keyof AllOptions]: never }>();
  // The check itself finds an option that refuses undefined.
  expectTypeOf<RefusesUndefined<{ a?: number; b?: number | undefined; c: number }>>().toEqualTypeOf<"a">();
});

it("an option that is undefined has its default", () => {
  const names = <T extends object>(...all: (keyof T)[]) => Object.fromEntries(all.map((name) => [name, undefined]));
  const conn = names<ConnOptions>("writeWaitMs", "closeWaitMs", "maxPayloadBytes", "maxQueuedBytes", "maxInboxBytes");
  const server = names<ServerOptions>(
    "acceptor",
    "messageListener",
    "loginWaitMs",
    "hooks",
    "logger",
    "service",
    "onError",
  );
  createTcpServer({ ...conn, ...server, host: undefined, port: undefined, path: undefined, tls: undefined });
  createWsServer({
    ...conn,
    ...server,
    host: undefined,
    port: undefined,
    protocols: undefined,
    maxFragments: undefined,
  });
  const dialer = tcpDialer({ ...conn, tls: undefined, keepAliveMs: undefined });
  wsDialer({ ...conn, headers: undefined, protocols: undefined, tls: undefined });
  createClient({ ...names<ClientOptions>("id", "name", "dialer", "dialTimeoutMs", "heartbeatMs"), onError: undefined });
  const options = names<ImClientOptions<CommandMap>>(
    "addresses",
    "device",
    "login",
    "commands",
    "reconnect",
    "onError",
  );
  createImClient({ ...options, dialer, address: "tcp://127.0.0.1:1", token: "alice" });
});

it("callbacks may return anything", () => {
  const messageListener: MessageListener = {
    receive: (agent, payload) => agent.push(payload),
    showLife: (agent) => agent.push(new Uint8Array(1)),
  };
  const counts = new Map<string, number>();
  const stateListener: StateListener = { disconnect: (channelId) => counts.delete(channelId) };
  const hooks: TransportHooks = {
    opened: ({ id }) => counts.set(id, 1),
    closed: ({ id }) => counts.delete(id),
  };
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  createTcpServer({ messageListener, stateListener, hooks, onError });
  const gateway = createGateway({
    servers: [createTcpServer()],
    authenticate: ({ token }) => ({ account: token }),
    onError,
  });
  gateway.handleRaw("a.b", (context) => context.respond(context.body));
  const client = createImClient({ dialer: tcpDialer(), address: "tcp://127.0.0.1:1", token: "alice", onError });
  client.onStatus(({ state }) => errors.push(state));
  client.on("a.b", ({ body }) => errors.push(body));
  expect(errors).toEqual([]);
});
