/** What the store uses of a `Pool` of `pg`. */
export interface PostgresPool {
  connect(lent: (error: Error | undefined, client: PostgresClient | undefined) => void): void;
  on(event: "error", listener: (error: Error) => void): unknown;
  off(event: "error", listener: (error: Error) => void): unknown;
}

/** What the store uses of a client of the pool. */
export interface PostgresClient {
  query(query: PostgresQuery): Promise<{ readonly rows: unknown[] }>;
  /** @param destroy ends the connection; without it the pool lends it again */
  release(destroy?: boolean): void;
  on(event: "error", listener: (error: Error) => void): unknown;
  off(event: "error", listener: (error: Error) => void): unknown;
}

/** A statement whose rows are arrays of text. */
export interface PostgresQuery {
  text: string;
  values: unknown[];
  rowMode: "array";
  types: { getTypeParser(): (text: string) => string };
}
