import pg from "pg";
import { inject } from "vitest";
import {
  migrate,
  openPostgresChatStore,
  type PostgresChatStore,
  type PostgresChatStoreOptions,
  type PostgresPool,
} from "../../src/index.js";

/** On a machine that is busy with other tests. */
const PATIENT_MS = 60_000;
let schemas = 0;

/** Where a test keeps its chat: a schema of its own on the server of the run. */
export class TestSchema {
  readonly schema = `test_${process.pid}_${schemas++}`;
  readonly #pools: pg.Pool[] = [];
  readonly #stores: PostgresChatStore[] = [];

  static async create(): Promise<TestSchema> {
    const made = new TestSchema();
    await migrate(made.pool(), { schema: made.schema, timeoutMs: PATIENT_MS });
    return made;
  }

  pool(config: pg.PoolConfig = {}): pg.Pool {
    const host = inject("postgresFolder");
    const pool = new pg.Pool({
      ...(host === undefined ? {} : { host }),
      user: "test",
      database: "postgres",
      ...config,
    });
    this.#pools.push(pool);
    return pool;
  }

  /** As a process opens it: with a pool of its own. */
  async open(
    options: Omit<PostgresChatStoreOptions, "pool"> = {},
    pool: PostgresPool = this.pool(),
  ): Promise<PostgresChatStore> {
    const store = await openPostgresChatStore({ pool, schema: this.schema, timeoutMs: PATIENT_MS, ...options });
    this.#stores.push(store);
    return store;
  }

  /** Runs statements that name the schema as `$schema`. */
  async run(statements: string): Promise<pg.QueryResult> {
    return this.#pools[0]!.query(statements.replaceAll("$schema", this.schema));
  }

  async remove(): Promise<void> {
    for (const store of this.#stores) await store.close();
    await this.run("DROP SCHEMA $schema CASCADE");
    for (const pool of this.#pools) await pool.end();
  }
}

/** A store, and a clock that a test moves. */
export async function storeFixture({ writers = 1 } = {}) {
  const schema = await TestSchema.create();
  let nowMs = Date.now();
  const open = () => schema.open({ nowMs: () => nowMs });
  const stores = await Promise.all(Array.from({ length: writers }, open));
  return {
    schema,
    port: inTurn(stores),
    nowMs: () => nowMs,
    elapse(ms: number) {
      nowMs += ms;
    },
    /** As another process finds it after the first was killed. */
    crash: open,
    close: () => schema.remove(),
  };
}

/** Gives each call to the next of the stores, as gateways do that share a chat. */
function inTurn(stores: readonly PostgresChatStore[]): PostgresChatStore {
  let calls = 0;
  return new Proxy(stores[0]!, {
    get(_, name) {
      const store = stores[calls++ % stores.length]!;
      const member = store[name as keyof PostgresChatStore];
      return typeof member === "function" ? member.bind(store) : member;
    },
  });
}
