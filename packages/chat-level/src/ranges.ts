import type { Level } from "./database.js";
import { idText } from "./keys.js";

/** Entries whose keys are a prefix and an id with `fromId < id <= upToId`. */
export interface IdRange {
  readonly prefix: string;
  readonly fromId: bigint;
  readonly upToId: bigint;
}

export function boundsOf({ prefix, fromId, upToId }: IdRange): { readonly gt: string; readonly lte: string } {
  return { gt: prefix + idText(fromId), lte: prefix + idText(upToId) };
}

/** How many entries are read at once. */
const CHUNK = 256;

/** All entries whose keys begin with a prefix, in order, in chunks. @param after begins after this text behind the prefix */
export async function* entriesWith(
  db: Level,
  prefix: string,
  after = "",
  chunk = CHUNK,
): AsyncGenerator<readonly [key: string, value: string]> {
  const iterator = db.iterator(after === "" ? { gte: prefix } : { gt: prefix + after });
  try {
    for (;;) {
      const entries = await iterator.nextv(chunk);
      if (entries.length === 0) return;
      for (const entry of entries) {
        if (!entry[0].startsWith(prefix)) return;
        yield entry;
      }
    }
  } finally {
    await iterator.close();
  }
}
