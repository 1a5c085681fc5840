import { createHash } from "node:crypto";
import type { Database } from "./database.js";
import { restored, storable } from "./texts.js";

/** An entry of an index has room for about 2,700 bytes, and some have two names. */
const MAX_BYTES = 255;
/** No text is kept with this beginning. */
const LONG = "\uFFFF#";

/**
 * The name of an account, a device, a group or a key as columns that are indexed have it: itself, or for a long one its digest.
 * {@link keepLongNames} keeps what the digests stand for.
 */
export function nameKey(name: string): string {
  const kept = storable(name);
  return isShort(kept) ? kept : digestOf(kept);
}

/** Before names are written that are read again. */
export async function keepLongNames(database: Database, names: Iterable<string>): Promise<void> {
  const long = new Map<string, string>();
  for (const name of names) {
    const kept = storable(name);
    if (!isShort(kept)) long.set(digestOf(kept), kept);
  }
  if (long.size === 0) return;
  const statement = `INSERT INTO ${database.schema}.long_names (key, name)
    SELECT key, name FROM unnest($1::text[], $2::text[]) AS long (key, name) ORDER BY key ON CONFLICT DO NOTHING`;
  await database.query(statement, [[...long.keys()], [...long.values()]]);
}

/** Gives back the names that keys stand for. */
export async function readNames(
  database: Pick<Database, "query" | "schema">,
  keys: Iterable<string>,
): Promise<(key: string) => string> {
  const long = [...new Set(keys)].filter((key) => key.startsWith(LONG));
  if (long.length === 0) return restored;
  const rows = await database.query(`SELECT key, name FROM ${database.schema}.long_names WHERE key = ANY($1)`, [long]);
  const names = new Map(rows.map(([key, name]) => [key, restored(name!)]));
  return (key) => names.get(key) ?? restored(key);
}

function isShort(kept: string): boolean {
  return kept.length * 3 <= MAX_BYTES || (kept.length <= MAX_BYTES && Buffer.byteLength(kept) <= MAX_BYTES);
}

function digestOf(kept: string): string {
  return LONG + createHash("sha256").update(kept).digest("base64url");
}
