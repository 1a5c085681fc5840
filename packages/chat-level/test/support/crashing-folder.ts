import { cpSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LevelChatStore, openLevelChatStore } from "../../src/index.js";

/** Stores in folders of their own, which are removed by `close`. */
export async function crashingFolder({ beforeReopening = async (_: string) => {} } = {}) {
  const root = await mkdtemp(join(tmpdir(), "im-chat-"));
  let nowMs = Date.now();
  const opened: LevelChatStore[] = [];
  const open = async (folder: string) => {
    const store = await openLevelChatStore({ folder, nowMs: () => nowMs });
    opened.push(store);
    return store;
  };
  let last = join(root, "0");
  const port = await open(last);
  return {
    port,
    nowMs: () => nowMs,
    elapse(ms: number) {
      nowMs += ms;
    },
    /** As after kill -9: what was written is in the page cache, and nothing is closed. */
    async crash(): Promise<LevelChatStore> {
      const folder = join(root, String(opened.length));
      // At once: nothing is written meanwhile that was not on its way.
      cpSync(last, folder, { recursive: true });
      await beforeReopening(folder);
      last = folder;
      return open(folder);
    },
    async close() {
      for (const store of opened) await store.close();
      await rm(root, { recursive: true });
    },
  };
}
