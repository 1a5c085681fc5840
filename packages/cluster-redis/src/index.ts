export {
  RedisSessionDirectory,
  type RedisSessionDirectoryOptions,
} from "./directory/redis-session-directory.js";
export {
  type IoRedisClient,
  type IoRedisCluster,
  type IoRedisConnection,
  type IoRedisOptions,
  ioRedis,
} from "./io-redis.js";
export {
  type NodeRedisClient,
  type NodeRedisCluster,
  type NodeRedisConnection,
  type NodeRedisOptions,
  nodeRedis,
} from "./node-redis.js";
export { type BusState, type RedisPushBusOptions, redisPushBusDefaults } from "./push-bus/bus-options.js";
export { RedisPushBus } from "./push-bus/redis-push-bus.js";
export type { Redis, RedisArgument, RedisListener, RedisSubscription } from "./redis.js";
export { RedisIdempotencyStore, type RedisIdempotencyStoreOptions } from "./redis-idempotency-store.js";
export { RedisServiceRegistry, type RedisServiceRegistryOptions } from "./services/redis-service-registry.js";
