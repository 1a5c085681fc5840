import type { ChatError } from "@im/chat";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { migrate, openPostgresChatStore, type PostgresChatStore } from "../src/index.js";
import { hasPostgres, PostgresServer } from "./support/postgres-server.js";

const message = (body: string) => ({ sender: "alice", to: { account: "bob" }, type: 1, body, extra: "" });
/** On a machine that is busy with other tests. */
const PATIENT_MS = 60_000;
const unavailable = expect.objectContaining({ name: "ChatError", code: "IM_ERR_STORE_IO" });

let server: PostgresServer;
beforeAll(async () => {
  if (!hasPostgres) return;
  server = await PostgresServer.start(["wal_writer_delay=10s"]);
  const pool = server.pool();
  await migrate(pool, { timeoutMs: PATIENT_MS });
  await pool.end();
}, 180_000);
afterAll(() => server?.remove(), 60_000);

async function open(config: pg.PoolConfig = {}, timeoutMs = PATIENT_MS): Promise<PostgresChatStore> {
  const pool = server.pool(config);
  const store = await openPostgresChatStore({ pool, timeoutMs, onError: () => {} });
  onTestFinished(async () => {
    await store.close();
    await pool.end();
  });
  return store;
}

const bodiesOf = async (store: PostgresChatStore) => {
  const ids = (await store.index("bob", { afterId: 0n, limit: 1_000 })).map(({ messageId }) => messageId);
  return (await store.contents("bob", ids)).map(({ body }) => body);
};

/** Adds until it succeeds. */
async function addAtLast(store: PostgresChatStore, body: string): Promise<void> {
  await expect.poll(() => outcomeOf(store, body), { timeout: 120_000 }).toBe("object");
}

/** What an add gives: an object, or the code of its error. */
async function outcomeOf(store: PostgresChatStore, body: string): Promise<string> {
  try {
    return typeof (await store.add(message(body), body));
  } catch (error) {
    return (error as ChatError).code;
  }
}

describe.runIf(hasPostgres)("a store whose Postgres", () => {
  it("crashes refuses by name, loses nothing that was acknowledged, and goes on by itself", async () => {
    // The store turns this on again for what it acknowledges.
    const store = await open({ options: "-c synchronous_commit=off" });
    for (let n = 0; n < 20; n++) await store.add(message(`before ${n}`), `before ${n}`);
    await server.stop("SIGQUIT");
    await expect(store.add(message("down"), "down")).rejects.toEqual(unavailable);
    await expect(store.index("bob", { afterId: 0n, limit: 1 })).rejects.toEqual(unavailable);
    await server.start();
    await addAtLast(store, "down");
    const bodies = await bodiesOf(store);
    expect(bodies.filter((body) => body.startsWith("before"))).toHaveLength(20);
    expect(bodies.filter((body) => body === "down")).toHaveLength(1);
  }, 180_000);

  it("does not sync its commits is found out", async () => {
    const pool = server.pool();
    onTestFinished(() => pool.end());
    await migrate(pool, { schema: "unsynced", timeoutMs: PATIENT_MS });
    await pool.query(`CREATE OR REPLACE FUNCTION unsynced.lock_ids(_now_ms bigint, _wait_ms integer) RETURNS bigint
      LANGUAGE sql AS 'SELECT greatest(last_id + 1, _now_ms << 20) FROM unsynced.state FOR UPDATE'`);
    await pool.query("CHECKPOINT");
    const lazy = server.pool({ options: "-c synchronous_commit=off" });
    onTestFinished(() => lazy.end());
    const store = await openPostgresChatStore({
      pool: lazy,
      schema: "unsynced",
      timeoutMs: PATIENT_MS,
      onError: () => {},
    });
    onTestFinished(() => store.close());
    await store.add(message("acknowledged"));
    await server.stop("SIGQUIT");
    await server.start();
    expect(await bodiesOf(store).catch(() => bodiesOf(store))).toEqual([]);
  }, 180_000);

  it("has a writer that stops amid its work makes the others wait no longer than the time-out", async () => {
    const pool = server.pool();
    onTestFinished(() => pool.end());
    const holder = await pool.connect();
    await holder.query("BEGIN");
    await holder.query("SELECT FROM im_chat.state FOR UPDATE");
    const store = await open({}, 2_000);
    await expect(store.add(message("held up"), "held up")).rejects.toEqual(unavailable);
    await holder.query("ROLLBACK");
    holder.release();
    await addAtLast(store, "held up");
  }, 180_000);
});
