import { Redis as IoRedis } from "ioredis";
import { createClient, createCluster } from "redis";
import { expect, it } from "vitest";
import {
  ioRedis,
  nodeRedis,
  type Redis,
  RedisIdempotencyStore,
  RedisPushBus,
  RedisServiceRegistry,
  RedisSessionDirectory,
} from "../src/index.js";

const lazy = { lazyConnect: true, enableOfflineQueue: false, maxRetriesPerRequest: 0 };
const nodes = [{ host: "127.0.0.1", port: 1 }];

it.each<[string, () => unknown]>([
  ["disableOfflineQueue of the client", () => nodeRedis(createClient())],
  ["keyPrefix of the client", () => nodeRedis(createClient({ disableOfflineQueue: true, keyPrefix: "x" }))],
  ["defaults.disableOfflineQueue of the cluster client", () => nodeRedis(createCluster({ rootNodes: [] }))],
  ["enableOfflineQueue of the client", () => ioRedis(new IoRedis({ ...lazy, enableOfflineQueue: true }))],
  ["maxRetriesPerRequest of the client", () => ioRedis(new IoRedis({ ...lazy, maxRetriesPerRequest: 20 }))],
  ["keyPrefix of the client", () => ioRedis(new IoRedis({ ...lazy, keyPrefix: "x" }))],
  [
    "enableOfflineQueue of the client",
    () => ioRedis(new IoRedis.Cluster(nodes, { lazyConnect: true, retryDelayOnFailover: 0 })),
  ],
  [
    "retryDelayOnFailover of the client",
    () => ioRedis(new IoRedis.Cluster(nodes, { lazyConnect: true, enableOfflineQueue: false })),
  ],
])("a client with the wrong %s is refused by name", (name, create) => {
  expect(create).toThrow(
    expect.objectContaining({ code: "IM_ERR_INVALID_OPTION", message: expect.stringContaining(name) }),
  );
});

const redis: Redis = { isCluster: false, send: async () => 0, subscribe: async () => ({ close: async () => {} }) };

it.each<[string, () => unknown]>([
  ["redis", () => new RedisPushBus(undefined as never)],
  ["keyPrefix", () => new RedisPushBus(redis, { keyPrefix: "a{b}" })],
  ["probeEveryMs", () => new RedisPushBus(redis, { probeEveryMs: 0 })],
  ["maxWaitMs", () => new RedisPushBus(redis, { maxWaitMs: Number.NaN })],
  ["maxQueuedBytes", () => new RedisPushBus(redis, { maxQueuedBytes: 1.5 })],
  ["onState", () => new RedisPushBus(redis, { onState: "no" as never })],
  ["onError", () => new RedisPushBus(redis, { onError: "no" as never })],
  ["prefix", () => new RedisPushBus(redis, { prefix: "a" } as never)],
  ["lease", () => new RedisSessionDirectory(redis, { lease: 1 } as never)],
  ["lookEveryMs", () => new RedisServiceRegistry(redis, { lookEveryMs: 0 })],
  ["leaseMs", () => new RedisServiceRegistry(redis, { leaseMs: 1 } as never)],
  ["windowMs", () => new RedisIdempotencyStore(redis, { windowMs: -1 })],
  ["window", () => new RedisIdempotencyStore(redis, { window: 1 } as never)],
])("a wrong %s is refused by name", (name, create) => {
  expect(create).toThrow(
    expect.objectContaining({ code: "IM_ERR_INVALID_OPTION", message: expect.stringContaining(name) }),
  );
});
