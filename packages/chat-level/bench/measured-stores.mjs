// The stores that `talks.mjs` compares. Each says in the end how many messages it has, and in how many bytes on the disk.
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemoryChatStore } from "@im/chat";
import { openLevelChatStore } from "@im/chat-level";
import { migrate, openPostgresChatStore } from "@im/chat-postgres";
import pg from "pg";

export const measuredStores = {
  memory: () => ({ store: new MemoryChatStore(), close: async () => ({ bytes: 0, messages: 0 }) }),

  async level() {
    const folder = mkdtempSync(join(process.env.BENCH_FOLDER ?? tmpdir(), "im-bench-"));
    const store = await openLevelChatStore({ folder });
    return {
      store,
      async close() {
        await store.close();
        const bytes = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
        rmSync(folder, { recursive: true });
        return { bytes, messages: store.messageCount };
      },
    };
  },

  /** In a schema of its own, in the database of `DATABASE_URL`. */
  async postgres() {
    const schema = `im_bench_${process.pid}`;
    const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
    await migrate(pool, { schema });
    const store = await openPostgresChatStore({ pool, schema });
    return {
      store,
      async close() {
        await store.close();
        const size = `SELECT message_count::int AS messages, (
          SELECT sum(pg_total_relation_size(c.oid))::float8 FROM pg_class c
          WHERE c.relnamespace = '${schema}'::regnamespace AND c.relkind = 'r') AS bytes FROM ${schema}.state`;
        const [{ bytes, messages }] = (await pool.query(size)).rows;
        await pool.query(`DROP SCHEMA ${schema} CASCADE`);
        await pool.end();
        return { bytes, messages };
      },
    };
  },
};
