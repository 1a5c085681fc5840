import { type Cluster, Redis as IoRedis } from "ioredis";
import { createClient, createCluster } from "redis";
import { ioRedis, nodeRedis, type Redis } from "../../src/index.js";

/** A client of the application, and the ports' view of it. */
export interface TestClient {
  readonly redis: Redis;
  end(): void;
}

/** A user of the ACL of Redis. */
export interface User {
  readonly username: string;
  readonly password: string;
}

/** When a connection that does not answer is given up. */
const SOCKET_TIMEOUT_MS = 3_000;

/** Connects to one server, as the default user or another. */
export type Connect = (port: number, user?: User) => Promise<TestClient>;

export const nodeRedisClient: Connect = async (port, user) => {
  const reconnectStrategy = (retries: number) => Math.min(50 * 2 ** retries, 1_000);
  const socket = { host: "127.0.0.1", port, socketTimeout: SOCKET_TIMEOUT_MS, reconnectStrategy };
  const client = createClient({ socket, disableOfflineQueue: true, ...user });
  client.on("error", ignore);
  await client.connect();
  return { redis: nodeRedis(client), end: () => client.destroy() };
};

export const ioRedisClient: Connect = async (port, user) => {
  const options = {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    lazyConnect: true,
    socketTimeout: SOCKET_TIMEOUT_MS,
    ...user,
  };
  const client = new IoRedis(port, "127.0.0.1", options);
  client.on("error", ignore);
  await client.connect();
  return { redis: ioRedis(client), end: () => client.disconnect() };
};

/** Connects to a Redis Cluster by one of its servers. */
export const nodeRedisCluster: Connect = async (port, user) => {
  const client = createCluster({
    rootNodes: [{ socket: { host: "127.0.0.1", port } }],
    defaults: { disableOfflineQueue: true, ...user },
  });
  client.on("error", ignore);
  await client.connect();
  return { redis: nodeRedis(client), end: () => client.destroy() };
};

export const ioRedisCluster: Connect = async (port, user) => {
  const options = {
    enableOfflineQueue: false,
    retryDelayOnFailover: 0,
    lazyConnect: true,
    slotsRefreshTimeout: 15_000,
    redisOptions: { ...user },
  };
  const client: Cluster = new IoRedis.Cluster([{ host: "127.0.0.1", port }], options);
  client.on("error", ignore);
  await client.connect();
  return { redis: ioRedis(client), end: () => client.disconnect() };
};

function ignore(): void {}
