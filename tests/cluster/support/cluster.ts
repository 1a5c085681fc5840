import type { TestContext } from "vitest";
import { RedisServer } from "../../../packages/cluster-redis/test/support/redis-servers.js";
import { GatewayProcess } from "./gateway-process.js";

export { hasRedisServer } from "../../../packages/cluster-redis/test/support/redis-servers.js";

/** A server for one test. */
export async function startRedis({ onTestFinished }: TestContext, ...settings: string[]): Promise<RedisServer> {
  const redis = await RedisServer.start(settings);
  onTestFinished(() => redis.remove());
  return redis;
}

/** Two gateways for one test, each in a process of its own. */
export function startGateways(
  test: TestContext,
  redis: RedisServer,
  leaseMs: number,
): Promise<[GatewayProcess, GatewayProcess]> {
  return Promise.all([
    GatewayProcess.start(test, redis.port, leaseMs),
    GatewayProcess.start(test, redis.port, leaseMs),
  ]);
}
