import { checkingOptions, checkSetting } from "./check-options.js";
import { openSubscription } from "./open-subscription.js";
import type { Redis, RedisArgument, RedisListener, RedisSubscription } from "./redis.js";
import { refuseWhileSilent } from "./refuse-while-silent.js";

/** The settings of an ioredis client that matter here. */
export interface IoRedisOptions {
  readonly enableOfflineQueue?: boolean | undefined;
  readonly maxRetriesPerRequest?: number | null | undefined;
  readonly keyPrefix?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
}

/** What is used of a `Redis` of ioredis. */
export interface IoRedisClient {
  readonly isCluster: boolean;
  readonly options: IoRedisOptions;
  callBuffer(command: string, ...args: RedisArgument[]): Promise<unknown>;
  duplicate(overrides: { retryStrategy: null; lazyConnect: true; enableOfflineQueue: false }): IoRedisConnection;
}

/** What is used of a duplicate of a client, which has subscriptions. */
export interface IoRedisConnection {
  on(event: "error" | "end", listener: (error?: unknown) => void): unknown;
  on(event: "smessageBuffer", listener: (channel: Buffer, message: Buffer) => void): unknown;
  connect(): Promise<unknown>;
  ssubscribe(channel: string): Promise<unknown>;
  sunsubscribe(channel: string): Promise<unknown>;
  disconnect(): void;
}

/** What is used of a `Cluster` of ioredis. */
export interface IoRedisCluster {
  readonly isCluster: boolean;
  readonly options: {
    readonly enableOfflineQueue?: boolean | undefined;
    readonly retryDelayOnFailover?: number | undefined;
    readonly clusterNodeRetryStrategy?: unknown;
    readonly keyPrefix?: string | undefined;
  };
  callBuffer(command: string, ...args: RedisArgument[]): Promise<unknown>;
  nodes(role: "master"): readonly IoRedisClient[];
}

const LATE = "a write that waits for a connection runs too late";
const TWICE = "a command that is sent again may run twice";

/**
 * The ports' view of an ioredis client, which the application connects and closes. Subscriptions are on connections of their
 * own, with the client's settings.
 *
 * @param client a `Redis` with `enableOfflineQueue: false` and `maxRetriesPerRequest: 0`; or a `Cluster` with
 *   `enableOfflineQueue: false` and `retryDelayOnFailover: 0`, and without a `clusterNodeRetryStrategy`
 * @throws a GatewayError `IM_ERR_INVALID_OPTION`
 */
export function ioRedis(client: IoRedisClient | IoRedisCluster): Redis {
  checkingOptions(() => checkOptions(client));
  const call = ([command, ...args]: readonly RedisArgument[]) => client.callBuffer(String(command), ...args);
  if (!isCluster(client)) {
    const send = refuseWhileSilent((_: string, command: readonly RedisArgument[]) => call(command));
    return { isCluster: false, send, subscribe: (...args) => subscribe(client, ...args) };
  }
  let connecting: Promise<unknown> | undefined;
  return {
    isCluster: true,
    send: async (_, command) => {
      connecting ??= connectToNodes(client).catch((error) => {
        connecting = undefined;
        throw error;
      });
      await connecting;
      return call(command);
    },
    subscribe: (...args) => subscribeInCluster(client, ...args),
  };
}

function isCluster(client: IoRedisClient | IoRedisCluster): client is IoRedisCluster {
  return client.isCluster;
}

function checkOptions(client: IoRedisClient | IoRedisCluster): void {
  checkSetting("enableOfflineQueue of the client", client.options.enableOfflineQueue, false, LATE);
  checkSetting("keyPrefix of the client", client.options.keyPrefix || undefined, undefined, "the ports have their own");
  if (isCluster(client)) {
    const { retryDelayOnFailover, clusterNodeRetryStrategy } = client.options;
    checkSetting("retryDelayOnFailover of the client", retryDelayOnFailover, 0, TWICE);
    checkSetting("clusterNodeRetryStrategy of the client", clusterNodeRetryStrategy ?? undefined, undefined, TWICE);
  } else checkSetting("maxRetriesPerRequest of the client", client.options.maxRetriesPerRequest, 0, TWICE);
}

/** The client connects to a node with the first command for it, and refuses others meanwhile. */
function connectToNodes(cluster: IoRedisCluster): Promise<unknown> {
  return Promise.all(cluster.nodes("master").map((node) => node.callBuffer("PING")));
}

/** Asks any node; one that does not have the channel names the one that has it. */
async function subscribeInCluster(
  cluster: IoRedisCluster,
  channel: string,
  listener: RedisListener,
  signal: AbortSignal,
): Promise<RedisSubscription> {
  const nodes = cluster.nodes("master");
  const [any] = nodes;
  if (!any) throw new Error("the cluster client is not connected");
  try {
    return await subscribe(any, channel, listener, signal);
  } catch (error) {
    const address = error instanceof Error ? /^MOVED \d+ (\S+)$/.exec(error.message)?.[1] : undefined;
    const owner = nodes.find(({ options }) => `${options.host}:${options.port}` === address);
    if (!owner) throw error;
    return subscribe(owner, channel, listener, signal);
  }
}

function subscribe(
  client: IoRedisClient,
  channel: string,
  listener: RedisListener,
  signal: AbortSignal,
): Promise<RedisSubscription> {
  const duplicate = client.duplicate({ retryStrategy: null, lazyConnect: true, enableOfflineQueue: false });
  return openSubscription(
    {
      open: async ({ receive, lost }) => {
        let cause: unknown = new Error("the connection was closed");
        duplicate.on("error", (error) => {
          cause = error;
        });
        duplicate.on("end", () => lost(cause));
        duplicate.on("smessageBuffer", (_, message) => receive(message));
        await duplicate.connect();
        await duplicate.ssubscribe(channel);
      },
      unsubscribe: () => duplicate.sunsubscribe(channel),
      destroy: () => duplicate.disconnect(),
    },
    listener,
    signal,
  );
}
