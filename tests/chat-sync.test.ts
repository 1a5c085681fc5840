import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chatCommandMap } from "@im/chat/commands";
import { createImClient } from "@im/client";
import { tcpDialer } from "@im/transport-tcp";
import { commands } from "@im/wire";
import { expect, it, onTestFinished } from "vitest";
import { ChatProcess } from "./hostile/support/chat-process.js";
import { sayWhatIsMissing } from "./support/say-what-is-missing.js";

const TALKS = 20;
const hasStrace = spawnSync("strace", ["-V"]).status === 0;
sayWhatIsMissing([{ name: "strace", packages: ["strace"], isInstalled: hasStrace }]);
const withoutSync = new URL("hostile/support/without-sync.mjs", import.meta.url).href;

/**
 * Talks one after the other to a server under strace. Gives the talks that were answered before a sync had returned: a process that
 * is killed does not lose what it has written, so only the system calls show whether a power cut would.
 */
async function answeredBeforeSync(...nodeOptions: string[]): Promise<number[]> {
  const folder = await mkdtemp(join(tmpdir(), "im-chat-sync-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const trace = join(folder, "trace");
  const env = nodeOptions.length > 0 ? ["env", `NODE_OPTIONS=${nodeOptions.join(" ")}`] : [];
  const strace = ["strace", "-f", "-q", "-o", trace, "-e", "trace=read,write,writev,fsync,fdatasync", "-s", "8", "-y"];
  const server = await ChatProcess.start(join(folder, "store"), [0, 0], [...env, ...strace]);
  const client = createImClient({
    dialer: tcpDialer(),
    address: server.addresses[0]!,
    token: "alice",
    commands: chatCommandMap,
  });
  await client.connect();
  for (let talk = 0; talk < TALKS; talk++) {
    await client.request(commands.chatUserTalk, { type: 1, body: `talk ${talk}` }, { dest: "bob" });
  }
  await client.close();
  await server.end();
  return unsynced(await readFile(trace, "utf8"));
}

/** The numbers of the answers between which and the request before them no sync has returned. */
function unsynced(trace: string): number[] {
  const found: number[] = [];
  let answers = -1; // the sign-in's
  let hasSynced = true;
  for (const line of trace.split("\n")) {
    // Not of its standard output, which is a socket too.
    const isSocket = /\((?![012]<)\d+<(TCP|socket):/.test(line);
    const isSync = /(fsync|fdatasync)(\(| resumed)/.test(line) && / = 0$/.test(line);
    if (isSync) hasSynced = true;
    else if (isSocket && / read\(/.test(line)) hasSynced = false;
    else if (isSocket && / writev?\(/.test(line)) {
      if (answers >= 0 && answers < TALKS && !hasSynced) found.push(answers);
      answers++;
    }
  }
  if (answers < TALKS) throw new Error(`strace saw ${answers} answers of ${TALKS}`);
  return found;
}

it.runIf(hasStrace)("no acknowledgement leaves before its message is synced to the disk", async () => {
  expect(await answeredBeforeSync()).toEqual([]);
});

it.runIf(hasStrace)("a store that does not sync is found out", async () => {
  expect((await answeredBeforeSync(`--import=${withoutSync}`)).length).toBeGreaterThan(TALKS / 2);
});
