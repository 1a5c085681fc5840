import { migrate, openPostgresChatStore } from "@im/chat-postgres";
import { nodeRedis, RedisIdempotencyStore, RedisPushBus, RedisSessionDirectory } from "@im/cluster-redis";
import pg from "pg";
import { createClient } from "redis";

const keyPrefix = "chat:";
const FIRST_FOR_SECONDS = 60;

/** What the gateways of a cluster share: sessions, pushes and people on Redis, and messages on Postgres. */
export async function joinCluster({ redis, postgres }) {
  const client = createClient({
    url: redis,
    disableOfflineQueue: true,
    socket: { socketTimeout: 5_000, reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, 1_000) },
  });
  client.on("error", (error) => console.error(`Redis: ${error.message}`));
  const pool = new pg.Pool({ connectionString: postgres, connectionTimeoutMillis: 5_000, keepAlive: true });
  pool.on("error", (error) => console.error(`Postgres: ${error.message}`));
  await Promise.all([client.connect(), migrate(pool)]);
  const store = await openPostgresChatStore({ pool });
  const ports = nodeRedis(client);
  return {
    store,
    ports: {
      bus: new RedisPushBus(ports, { keyPrefix, onState: (state) => console.error(`Redis: pushes are ${state}`) }),
      directory: new RedisSessionDirectory(ports, { keyPrefix }),
      idempotency: new RedisIdempotencyStore(ports, { keyPrefix }),
    },
    people: {
      add: (account) => client.sAdd(`${keyPrefix}people`, account),
      all: () => client.sMembers(`${keyPrefix}people`),
    },
    /** True for one of the gateways that start at the same time. */
    async isFirst() {
      return (await client.set(`${keyPrefix}first`, "", { NX: true, EX: FIRST_FOR_SECONDS })) !== null;
    },
    async close() {
      await store.close();
      await pool.end();
      client.destroy();
    },
  };
}
