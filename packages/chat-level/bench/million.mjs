// A store with a million messages (`MESSAGES`): how long it takes to open after a kill, and what pages of an index cost a device that
// was away through all of them: `node bench/million.mjs`, after `pnpm build`.
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openLevelChatStore } from "@im/chat-level";

const messages = Number(process.env.MESSAGES ?? 1_000_000);
const ACCOUNTS = 1_000;
const GROUPS = 20;
const PAGE = 2_000;

const given = process.argv[2];
if (given) await fill(given);
else await measure();

/** One in four messages is for `away`, in a talk or in one of its groups. */
async function fill(folder) {
  const store = await openLevelChatStore({ folder });
  const info = { name: "g", avatar: "", introduction: "", owner: "owner" };
  const groups = await Promise.all(Array.from({ length: GROUPS }, () => store.createGroup(info, ["away"])));
  const body = "x".repeat(100);
  for (let n = 0; n < messages; n += PAGE) {
    const adding = Array.from({ length: Math.min(PAGE, messages - n) }, (_, at) => {
      if (at % 8 === 0)
        return store.add({ sender: "owner", to: { group: groups[(at / 8) % GROUPS] }, type: 1, body, extra: "" });
      const account = at % 8 === 1 ? "away" : `user ${(n + 7 * at) % ACCOUNTS}`;
      return store.add({ sender: `user ${at % ACCOUNTS}`, to: { account }, type: 1, body, extra: "" });
    });
    await Promise.all(adding);
  }
  process.kill(process.pid, "SIGKILL");
}

async function measure() {
  const folder = mkdtempSync(join(process.env.BENCH_FOLDER ?? tmpdir(), "im-bench-"));
  const startMs = performance.now();
  await once(fork(fileURLToPath(new URL(import.meta.url)), [folder]), "exit");
  console.log(`stored in ${((performance.now() - startMs) / 1000).toFixed(0)} s`);
  const openMs = performance.now();
  const store = await openLevelChatStore({ folder });
  console.log(
    `opened after kill -9 in ${(performance.now() - openMs).toFixed(0)} ms, with ${store.messageCount} messages`,
  );
  const pagesMs = [];
  let entries = 0;
  for (let afterId = 0n; ; ) {
    const pageMs = performance.now();
    const page = await store.index("away", { afterId, limit: PAGE });
    pagesMs.push(performance.now() - pageMs);
    entries += page.length;
    if (page.length < PAGE) break;
    afterId = page.at(-1).messageId;
  }
  const sorted = [...pagesMs].sort((a, b) => a - b);
  console.log(
    `an index of ${entries} entries in ${GROUPS} groups and talks: ${pagesMs.length} pages, the first ${pagesMs[0].toFixed(1)} ms, ` +
      `median ${sorted[Math.floor(sorted.length / 2)].toFixed(1)} ms, the slowest ${sorted.at(-1).toFixed(1)} ms`,
  );
  await store.close();
  rmSync(folder, { recursive: true });
}
