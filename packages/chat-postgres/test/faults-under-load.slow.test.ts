import { setTimeout as wait } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { wholeIndex } from "../../chat/src/contract-suites/store-case.js";
import { migrate, openPostgresChatStore, type PostgresChatStore } from "../src/index.js";
import { hasPostgres, PostgresServer } from "./support/postgres-server.js";
import { RetryingSenders } from "./support/retrying-senders.js";

const PAUSE_MS = process.env.LONG_TESTS ? 30_000 : 3_000;
const TIMEOUT_MS = 2_000;
/** On a machine that is busy with other tests. */
const PATIENT_MS = 60_000;

let server: PostgresServer;
beforeAll(async () => {
  if (hasPostgres) server = await PostgresServer.start(["max_connections=20", "superuser_reserved_connections=0"]);
}, 180_000);
afterAll(() => server?.remove(), 60_000);

async function open(schema: string, timeoutMs: number): Promise<PostgresChatStore> {
  const pool = server.pool({ application_name: "gateway", max: 4, connectionTimeoutMillis: timeoutMs });
  const store = await openPostgresChatStore({ pool, schema, timeoutMs, onError: () => {} });
  onTestFinished(async () => {
    await store.close();
    await pool.end();
  });
  return store;
}

async function migrated(schema: string): Promise<string> {
  const pool = server.pool();
  await migrate(pool, { schema, timeoutMs: PATIENT_MS });
  await pool.end();
  return schema;
}

type Fault = (whileDown: () => Promise<void>) => Promise<void>;

const restart =
  (end: () => Promise<void>): Fault =>
  async (whileDown) => {
    await end();
    await whileDown();
    await server.start();
  };

const standStill: Fault = async (whileDown) => {
  server.signalAll("SIGSTOP");
  try {
    await Promise.all([whileDown(), wait(PAUSE_MS)]);
  } finally {
    server.signalAll("SIGCONT");
  }
};

/** Others take each connection that is free, and those of the gateways. */
const takeAllConnections: Fault = async (whileDown) => {
  const connect = async () => {
    const client = new pg.Client({ host: server.folder, user: "test", database: "postgres" });
    client.on("error", () => {});
    await client.connect();
    return client;
  };
  const first = await connect();
  const others = [first];
  for (let left = true; left; ) {
    const other = await connect().catch(() => undefined);
    if (other) others.push(other);
    else {
      const ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gateway'";
      left = (await first.query(ended)).rowCount !== 0;
    }
  }
  await whileDown();
  await Promise.all(others.map((other) => other.end()));
};

describe.runIf(hasPostgres)("two gateways under load, when Postgres", () => {
  it.each<[string, Fault]>([
    ["restarts", restart(() => server.stop("SIGINT"))],
    ["restarts without a clean end", restart(() => server.stop("SIGQUIT"))],
    ["is killed, with kill -9", restart(() => server.kill())],
    ["stands still", standStill],
    ["has given all connections to others", takeAllConnections],
  ])(
    "%s, refuse by name, lose and double nothing, and go on by themselves",
    async (what, fault) => {
      const schema = await migrated(what.replaceAll(/\W+/g, "_"));
      const senders = new RetryingSenders([await open(schema, TIMEOUT_MS), await open(schema, TIMEOUT_MS)]);
      await senders.moreAcknowledged(50);
      await fault(() => senders.allRefused());
      await senders.moreAcknowledged(50);
      await senders.stop();
      expect([...senders.refusals.keys()]).toEqual(["IM_ERR_STORE_IO"]);

      const reader = await open(schema, PATIENT_MS);
      const stored = (await wholeIndex(reader, "bob", 0n, 500)).map(({ messageId }) => messageId);
      const acknowledged = [...senders.acknowledged.values()].sort((a, b) => (a < b ? -1 : 1));
      expect(stored).toEqual(acknowledged);
      const bodies = await reader.contents("bob", stored);
      expect(new Map(bodies.map(({ body, messageId }) => [body, messageId]))).toEqual(senders.acknowledged);
    },
    180_000,
  );
});
