import { checkingOptions, checkSetting } from "./check-options.js";
import { openSubscription } from "./open-subscription.js";
import type { Redis, RedisArgument, RedisListener, RedisSubscription } from "./redis.js";
import { refuseWhileSilent } from "./refuse-while-silent.js";

/** The settings of a node-redis client that matter here. */
export interface NodeRedisOptions {
  readonly disableOfflineQueue?: boolean | undefined;
  readonly keyPrefix?: RedisArgument | undefined;
  readonly socket?: object | undefined;
}

/** What is used of a client that `createClient` of `redis` makes. */
export interface NodeRedisClient {
  readonly options?: NodeRedisOptions | undefined;
  sendCommand(command: readonly RedisArgument[], options?: object): Promise<unknown>;
  duplicate(overrides: { readonly socket: object }): NodeRedisConnection;
}

/** What is used of a duplicate of a client, which has subscriptions. */
export interface NodeRedisConnection {
  on(event: "error", listener: (error: unknown) => void): unknown;
  connect(): Promise<unknown>;
  sSubscribe(channel: string, listener: (message: Buffer) => void, bufferMode: true): Promise<unknown>;
  sUnsubscribe(channel: string): Promise<unknown>;
  destroy(): void;
}

/** What is used of a client that `createCluster` of `redis` makes. */
export interface NodeRedisCluster {
  readonly masters: readonly unknown[];
  sendCommand(
    firstKey: string,
    isReadonly: boolean,
    command: readonly RedisArgument[],
    options?: object,
  ): Promise<unknown>;
  getNodeClientForKey(key: string): Promise<NodeRedisClient>;
}

/**
 * Makes node-redis return strings as Buffers: `RESP_TYPES.BLOB_STRING`, the byte `$` before them. A timer for each command would
 * cost more than all else of it.
 */
const asBuffers = { typeMapping: { 36: Buffer }, timeout: 0 };

/**
 * The ports' view of a node-redis client, which the application connects and closes. Subscriptions are on connections of their
 * own, with the client's settings.
 *
 * @param client of `createClient`, with `disableOfflineQueue: true`; or of `createCluster`, with that in its `defaults`
 * @throws a GatewayError `IM_ERR_INVALID_OPTION`
 */
export function nodeRedis(client: NodeRedisClient | NodeRedisCluster): Redis {
  if ("masters" in client) {
    // It has no public member for its options.
    checkOptions(Reflect.get(client, "_options")?.defaults, "defaults.disableOfflineQueue of the cluster client");
    return {
      isCluster: true,
      send: (key, command) => client.sendCommand(key, false, command, asBuffers),
      subscribe: async (channel, listener, signal) =>
        subscribe(await client.getNodeClientForKey(channel), channel, listener, signal),
    };
  }
  checkOptions(client.options, "disableOfflineQueue of the client");
  return {
    isCluster: false,
    send: refuseWhileSilent((_: string, command: readonly RedisArgument[]) => client.sendCommand(command, asBuffers)),
    subscribe: (...args) => subscribe(client, ...args),
  };
}

function checkOptions(options: NodeRedisOptions | undefined, name: string): void {
  checkingOptions(() => {
    checkSetting(name, options?.disableOfflineQueue, true, "a write that waits for a connection runs too late");
    checkSetting("keyPrefix of the client", options?.keyPrefix, undefined, "the ports have their own");
  });
}

function subscribe(
  client: NodeRedisClient,
  channel: string,
  listener: RedisListener,
  signal: AbortSignal,
): Promise<RedisSubscription> {
  // A subscription may be idle for long.
  const socket = { ...client.options?.socket, reconnectStrategy: false, socketTimeout: undefined };
  const duplicate = client.duplicate({ socket });
  return openSubscription(
    {
      open: async ({ receive, lost }) => {
        // It does not reconnect, so each error is the end of the connection.
        duplicate.on("error", lost);
        await duplicate.connect();
        await duplicate.sSubscribe(channel, receive, true);
      },
      unsubscribe: () => duplicate.sUnsubscribe(channel),
      destroy: () => duplicate.destroy(),
    },
    listener,
    signal,
  );
}
