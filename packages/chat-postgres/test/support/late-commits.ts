import type pg from "pg";
import type { PostgresClient, PostgresPool } from "../../src/postgres-pool.js";

/** A pool of which a statement answers before it is committed: that happens when the next connection is asked for. */
export class LateCommits implements PostgresPool {
  readonly #pool: pg.Pool;
  readonly #uncommitted = new Set<pg.PoolClient>();

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  connect(lent: Parameters<PostgresPool["connect"]>[0]): void {
    this.#connected().then(
      (client) => lent(undefined, client),
      (error) => lent(error, undefined),
    );
  }

  async #connected(): Promise<PostgresClient> {
    await this.commit();
    const client = await this.#pool.connect();
    return {
      query: async (query) => {
        await client.query("BEGIN");
        return client.query(query);
      },
      release: () => void this.#uncommitted.add(client),
      on: client.on.bind(client),
      off: client.off.bind(client),
    };
  }

  async commit(): Promise<void> {
    const clients = [...this.#uncommitted];
    this.#uncommitted.clear();
    for (const client of clients) {
      await client.query("COMMIT");
      client.release();
    }
  }

  on(event: "error", listener: (error: Error) => void): void {
    this.#pool.on(event, listener);
  }

  off(event: "error", listener: (error: Error) => void): void {
    this.#pool.off(event, listener);
  }
}
