import { onTestFinished } from "vitest";
import { hasPostgres, PostgresServer } from "../../../packages/chat-postgres/test/support/postgres-server.js";
import { hasRedisServer, RedisServer } from "../../../packages/cluster-redis/test/support/redis-servers.js";
import { sayWhatIsMissing } from "../../support/say-what-is-missing.js";

sayWhatIsMissing([{ name: "Postgres", packages: ["postgresql"], isInstalled: hasPostgres }]);
export const hasServers = hasRedisServer && hasPostgres;

/** A Redis and a Postgres for one test, which the gateways of a chat share. */
export class SharedServers {
  readonly redis: RedisServer;
  readonly postgres: PostgresServer;

  private constructor(redis: RedisServer, postgres: PostgresServer) {
    this.redis = redis;
    this.postgres = postgres;
  }

  static async start(): Promise<SharedServers> {
    const redis = await RedisServer.start();
    onTestFinished(() => redis.remove());
    const postgres = await PostgresServer.start();
    onTestFinished(() => postgres.remove());
    return new SharedServers(redis, postgres);
  }

  get postgresUrl(): string {
    return `postgres://test@/postgres?host=${this.postgres.folder}`;
  }
}
