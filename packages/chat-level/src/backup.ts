import { readdir } from "node:fs/promises";
import { ChatError } from "@im/chat";
import { type Level, openDatabase } from "./database.js";
import { FORMAT, formatKey } from "./keys.js";

const CHUNK = 1_000;

/**
 * Copies everything that is durable now into a new folder, which a store can open, while others write. Resolves when it is synced.
 *
 * @throws `IM_ERR_INVALID_OPTION` unless the folder is new or empty
 */
export async function backUp(db: Level, folder: string): Promise<void> {
  // It sees what is there now.
  const iterator = db.iterator();
  try {
    const before = await readdir(folder).catch(() => []);
    if (before.length > 0) {
      throw new ChatError("IM_ERR_INVALID_OPTION", `a backup needs a new folder, and ${folder} is not empty`);
    }
    const copy = await openDatabase(folder);
    try {
      // Without its format it cannot be opened: so a backup that is cut off is never taken for a whole one.
      await copy.del(formatKey, { sync: true });
      for (;;) {
        const entries = await iterator.nextv(CHUNK);
        const copied = entries.filter(([key]) => key !== formatKey);
        await copy.batch(copied.map(([key, value]) => ({ type: "put", key, value })));
        if (entries.length < CHUNK) break;
      }
      // It syncs the others.
      await copy.put(formatKey, String(FORMAT), { sync: true });
    } finally {
      await copy.close();
    }
  } finally {
    await iterator.close();
  }
}
