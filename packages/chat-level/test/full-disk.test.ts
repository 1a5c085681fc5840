import { execFileSync, spawnSync } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openLevelChatStore } from "../src/index.js";
import { newFolder } from "./support/new-folder.js";

const MEBIBYTE = 1_048_576;

/** A small disk in memory; undefined where the tests may not mount one. */
async function smallDisk(mebibytes: number): Promise<string | undefined> {
  const folder = await newFolder();
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs", folder]);
  if (status !== 0) return undefined;
  onTestFinished(() => void execFileSync("umount", [folder]));
  return folder;
}

/** Random text, which does not compress. */
const text = () => Array.from({ length: 16_000 }, () => String.fromCharCode(33 + Math.random() * 90)).join("");
const message = (body: string) => ({ sender: "alice", to: { account: "bob" }, type: 1, body, extra: "" });

// Other systems mount no disk in memory this way.
it.skipIf(process.platform !== "linux")(
  "on a full disk writes fail by name and reads go on; with room again it goes on by itself, and nothing is lost",
  async (test) => {
    const disk = await smallDisk(48);
    if (!disk) {
      const message = "the test with a full disk is skipped: it needs the right to mount a file system";
      // There everything is tested.
      if (process.env.CI) throw new Error(message);
      console.warn(message);
      return test.skip();
    }
    const ballast = join(disk, "ballast");
    await writeFile(ballast, new Uint8Array(40 * MEBIBYTE));
    const store = await openLevelChatStore({ folder: join(disk, "store") });
    onTestFinished(() => store.close());
    const stored: bigint[] = [];
    const fill = async () => {
      for (;;) stored.push(((await store.add(message(text()))) as { messageId: bigint }).messageId);
    };
    const index = async () =>
      (await store.index("bob", { afterId: 0n, limit: 100_000 })).map(({ messageId }) => messageId);
    await expect(fill()).rejects.toMatchObject({ code: "IM_ERR_STORE_IO" });
    expect(stored.length).toBeGreaterThan(100);
    await expect(store.add(message("still full"))).rejects.toMatchObject({
      code: "IM_ERR_STORE_IO",
      message: expect.stringContaining("full"),
    });
    expect((await index()).slice(0, stored.length)).toEqual(stored);
    await rm(ballast);
    const after = (await store.add(message("room again"))) as { messageId: bigint };
    const there = await index();
    expect(there.at(-1)).toBe(after.messageId);
    expect(stored.filter((id) => !there.includes(id))).toEqual([]);
  },
);
