/** The columns of rows, as arrays for `unnest`. */
export function columnsOf<T>(rows: readonly T[], ...columns: readonly ((row: T) => unknown)[]): unknown[][] {
  return columns.map((column) => rows.map(column));
}

const MAX_BIGINT = (1n << 63n) - 1n;

/** An id as Postgres takes it, whatever the caller gives. */
export function idText(id: bigint): string {
  return String(id < 0n ? 0n : id > MAX_BIGINT ? MAX_BIGINT : id);
}
