import { ChatError } from "@im/chat";
import { startTimer } from "@im/transport-core/internal";
import type { PostgresClient, PostgresPool } from "./postgres-pool.js";

export type Row = readonly (string | null)[];
export type Query = (text: string, values?: readonly unknown[]) => Promise<readonly Row[]>;

/** Parsers that the application sets for its own use change nothing here. */
const asText = { getTypeParser: () => (text: string) => text };

/** Runs statements on connections of the pool, each within a time. */
export class Database {
  /** Quoted. */
  readonly schema: string;
  readonly timeoutMs: number;
  readonly #pool: PostgresPool;

  constructor(pool: PostgresPool, schema: string, timeoutMs: number) {
    this.#pool = pool;
    this.schema = `"${schema}"`;
    this.timeoutMs = timeoutMs;
  }

  /** Runs one statement, which is a transaction. @throws `IM_ERR_STORE_IO` */
  readonly query: Query = (text, values) => this.connected((query) => query(text, values));

  /** Lends a connection, which is given back when `use` settles, and ended if it rejects. @throws `IM_ERR_STORE_IO` */
  async connected<T>(use: (query: Query) => Promise<T>): Promise<T> {
    const { query, giveBack } = await this.lend();
    try {
      const result = await use(query);
      giveBack();
      return result;
    } catch (error) {
      giveBack(true);
      throw storeError(error);
    }
  }

  /** Lends a connection until it is given back, or ended. @throws `IM_ERR_STORE_IO`; its `query` what the pool's client throws */
  async lend(): Promise<{ readonly query: Query; readonly giveBack: (isToEnd?: boolean) => void }> {
    const client = await this.#connect();
    return {
      query: (text, values = []) => this.#run(client, text, values),
      giveBack(isToEnd = false) {
        if (isToEnd) client.release(true);
        else goBack(client);
      },
    };
  }

  async #connect(): Promise<PostgresClient> {
    const connecting = new Promise<PostgresClient>((resolve, reject) => {
      this.#pool.connect((error, client) => {
        // At once: the end of the connection may follow in the same bytes, and would end a process that does not hear it.
        client?.on("error", ignore);
        if (client) resolve(client);
        else reject(error);
      });
    });
    try {
      return await this.#within(connecting, "the pool had no connection for it");
    } catch (error) {
      // One that comes too late goes back.
      connecting.then(goBack).catch(() => {});
      throw storeError(error);
    }
  }

  async #run(client: PostgresClient, text: string, values: readonly unknown[]): Promise<readonly Row[]> {
    const running = client.query({ text, values: [...values], rowMode: "array", types: asText });
    return (await this.#within(running, "Postgres did not answer")).rows as Row[];
  }

  async #within<T>(work: Promise<T>, otherwise: string): Promise<T> {
    let timer: ReturnType<typeof startTimer>;
    const late = new Promise<never>((_, reject) => {
      timer = startTimer(() => reject(new Error(`${otherwise} within ${this.timeoutMs} ms`)), this.timeoutMs);
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Each failure of a connection rejects its statement too. */
function ignore(): void {}

function goBack(client: PostgresClient): void {
  client.off("error", ignore);
  client.release();
}

/** The error of this package for what Postgres, the pool or the network says. */
export function storeError(error: unknown): ChatError {
  if (error instanceof ChatError) return error;
  return new ChatError("IM_ERR_STORE_IO", "the store cannot reach Postgres, or Postgres refused", { cause: error });
}
