import { execFile } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { ClassicLevel } from "classic-level";
import { expect, it, onTestFinished } from "vitest";
import { backUp } from "../src/backup.js";
import type { Level } from "../src/database.js";
import { type LevelChatStore, openLevelChatStore } from "../src/index.js";
import { newFolder } from "./support/new-folder.js";

const execute = promisify(execFile);
const coded = (code: string, ...words: string[]) =>
  expect.objectContaining({ name: "ChatError", code, message: expect.stringMatching(words.join(".*")) });
const message = (body: string) => ({ sender: "alice", to: { account: "bob" }, type: 1, body, extra: "" });

async function open(folder: string, options = {}): Promise<LevelChatStore> {
  const store = await openLevelChatStore({ folder, ...options });
  onTestFinished(() => store.close());
  return store;
}

const bodiesIn = async (store: LevelChatStore) => {
  const ids = (await store.index("bob", { afterId: 0n, limit: 100 })).map(({ messageId }) => messageId);
  return (await store.contents("bob", ids)).map(({ body }) => body);
};

it("makes the folder, and finds there what it stored", async () => {
  const folder = join(await newFolder(), "deep", "inside");
  const store = await open(folder);
  await store.add(message("one"));
  await store.close();
  expect(await bodiesIn(await open(folder))).toEqual(["one"]);
});

it("a folder has one owner: a second store is refused by name, in this process and in another", async () => {
  const folder = await newFolder();
  const store = await open(folder);
  await expect(openLevelChatStore({ folder })).rejects.toEqual(coded("IM_ERR_STORE_IN_USE", folder));
  const program = `
    import { ClassicLevel } from "classic-level";
    await new ClassicLevel(process.argv[1]).open().catch(({ cause }) => console.log(cause.code));
  `;
  const args = ["--input-type=module", "--eval", program, folder];
  const { stdout } = await execute(process.execPath, args, { cwd: new URL("..", import.meta.url) });
  expect(stdout.trim()).toBe("LEVEL_LOCKED");
  await store.close();
  await open(folder);
});

it("refuses a newer format, and a folder of something else, by name", async () => {
  const [newer, foreign] = [await newFolder(), await newFolder()];
  for (const [folder, key, value] of [
    [newer, "!format", "2"],
    [foreign, "something", "else"],
  ] as const) {
    const db = new ClassicLevel(folder);
    await db.put(key, value);
    await db.close();
  }
  await expect(openLevelChatStore({ folder: newer })).rejects.toEqual(
    coded("IM_ERR_STORE_FORMAT", "format 2", "newer"),
  );
  await expect(openLevelChatStore({ folder: foreign })).rejects.toEqual(coded("IM_ERR_STORE_FORMAT", "no chat store"));
});

it("a folder that cannot be made, and options that are wrong, are refused by name", async () => {
  const file = join(await newFolder(), "file");
  await writeFile(file, "");
  await expect(openLevelChatStore({ folder: file })).rejects.toEqual(coded("IM_ERR_STORE_IO"));
  for (const wrong of [
    { folder: "" },
    { folder: file, maxMessages: 0 },
    { folder: file, maxAge: 1 },
    { folder: file, onError: 7 },
  ]) {
    await expect(openLevelChatStore(wrong as { folder: string })).rejects.toEqual(coded("IM_ERR_INVALID_OPTION"));
  }
});

it("a file that is damaged is found, and nothing is made up", async () => {
  const folder = await newFolder();
  const store = await open(folder);
  for (let n = 0; n < 50; n++) await store.add(message("x".repeat(1_000)));
  await store.close();
  // Opening sorts the log into a table.
  await (await open(folder)).close();
  const [table] = (await readdir(folder)).filter((name) => /\.(ldb|sst)$/.test(name));
  const bytes = await readFile(join(folder, table!));
  bytes.fill(0x5a, 0, 2_000);
  await writeFile(join(folder, table!), bytes);
  const damaged = coded("IM_ERR_STORE_DAMAGED");
  const reading = openLevelChatStore({ folder }).then(async (damagedStore) => {
    onTestFinished(() => damagedStore.close());
    await bodiesIn(damagedStore);
  });
  await expect(reading).rejects.toEqual(damaged);
});

it("a closed store says so, and finishes what it was asked before", async () => {
  const folder = await newFolder();
  const store = await open(folder);
  const adding = [store.add(message("one")), store.add(message("two"))];
  await store.close();
  expect((await Promise.all(adding)).map((added) => typeof added)).toEqual(["object", "object"]);
  const closed = coded("IM_ERR_STORE_CLOSED", folder);
  await expect(store.add(message("three"))).rejects.toEqual(closed);
  await expect(store.index("bob", { afterId: 0n, limit: 1 })).rejects.toEqual(closed);
  await expect(store.backup(await newFolder())).rejects.toEqual(closed);
  await store.close();
  expect(await bodiesIn(await open(folder))).toEqual(["one", "two"]);
});

it("a backup has what was durable when it began, and can be opened", async () => {
  const [folder, copy] = [await newFolder(), join(await newFolder(), "backup")];
  const store = await open(folder);
  for (let n = 0; n < 1_500; n++) void store.add(message("early"));
  const { messageId } = (await store.add(message("last before"))) as { messageId: bigint };
  const backing = store.backup(copy);
  await Promise.all(Array.from({ length: 100 }, () => store.add(message("later"))));
  await backing;
  const restored = await open(copy);
  expect(restored.messageCount).toBe(1_501);
  expect((await restored.acknowledge("bob", "phone", 1n << 62n)).to).toBe(messageId);
  const next = (await restored.add(message("next"))) as { messageId: bigint };
  expect(next.messageId).toBeGreaterThan(messageId);
  await expect(store.backup(copy)).rejects.toEqual(coded("IM_ERR_INVALID_OPTION", copy));
});

it("a backup that is cut off cannot be opened", async () => {
  const copy = join(await newFolder(), "backup");
  const chunks = [["!state", '["1",0]'], ...Array.from({ length: 999 }, (_, n) => [`P1:a${n}`, "0"])];
  const db = {
    iterator: () => ({
      nextv: async () => (chunks.length > 0 ? chunks.splice(0) : Promise.reject(new Error("the source fails"))),
      close: async () => {},
    }),
  } as unknown as Level;
  await expect(backUp(db, copy)).rejects.toThrow("the source fails");
  await expect(openLevelChatStore({ folder: copy })).rejects.toEqual(coded("IM_ERR_STORE_FORMAT", "cut off"));
});

it("an export has everything in plain data", async () => {
  const store = await open(await newFolder());
  const group = await store.createGroup({ name: "g", avatar: "", introduction: "", owner: "alice" }, ["bob"]);
  const added = (await store.add({ ...message("hi"), to: { group } })) as { messageId: bigint; sendTime: bigint };
  await store.acknowledge("bob", "a phone: 1", added.messageId);
  await store.markRead("bob", { group }, added.messageId);
  const records = [];
  for await (const record of store.export()) records.push(JSON.parse(JSON.stringify(record)));
  const messageId = String(added.messageId);
  const wanted = [
    {
      kind: "message",
      messageId,
      sendTime: String(added.sendTime),
      sender: "alice",
      to: { group },
      type: 1,
      body: "hi",
      extra: "",
    },
    { kind: "group", groupId: group, name: "g", avatar: "", introduction: "", owner: "alice" },
    { kind: "membership", account: "alice", groupId: group, periods: [{ joinId: expect.any(String) }] },
    { kind: "membership", account: "bob", groupId: group, periods: [{ joinId: expect.any(String) }] },
    { kind: "position", account: "bob", device: "a phone: 1", messageId },
    { kind: "read mark", account: "bob", conversation: group, messageId },
  ];
  expect(records).toHaveLength(wanted.length);
  for (const record of wanted) expect(records).toContainEqual(record);
});

it("keeps messages by their age and number, and keys for their lifetime", async () => {
  let nowMs = Date.now();
  const folder = await newFolder();
  const store = await open(folder, { nowMs: () => nowMs, maxAgeMs: 10_000, maxMessages: 3, keyLifetimeMs: 5_000 });
  await store.add(message("old"), "k1");
  nowMs += 6_000;
  await store.add(message("one"), "k2");
  expect(await store.add(message("again"), "k1")).toMatchObject({ isRepetition: false });
  nowMs += 6_000;
  for (const body of ["two", "three", "four"]) await store.add(message(body));
  expect(await bodiesIn(store)).toEqual(["old", "one", "again", "two", "three", "four"]);
  expect(await store.prune()).toBe(3);
  expect(await bodiesIn(store)).toEqual(["two", "three", "four"]);
  expect(store.messageCount).toBe(3);
  await store.close();
  const db = new ClassicLevel(folder);
  expect((await db.keys().all()).filter((key) => key.startsWith("k"))).toEqual([]);
  await db.close();
});

it("prunes by itself", async () => {
  let nowMs = Date.now();
  const store = await open(await newFolder(), { nowMs: () => nowMs, maxAgeMs: 1_000, pruneEveryMs: 20 });
  await store.add(message("old"));
  nowMs += 2_000;
  await expect.poll(() => store.messageCount, { timeout: 10_000 }).toBe(0);
});

it("a deletion by itself that fails is reported once, and not when the store is closed meanwhile", async () => {
  let nowMs = Date.now();
  let deletions = 0;
  const errors: unknown[] = [];
  const store = await open(await newFolder(), {
    maxAgeMs: 1_000,
    pruneEveryMs: 20,
    nowMs: () => nowMs,
    onError(error: unknown) {
      errors.push(error);
      throw error;
    },
  });
  Object.assign(store, {
    async prune() {
      deletions++;
      if (deletions === 1) throw new Error("a disk that fails");
      void store.close();
      return store.deleteBefore(1n);
    },
  });
  await store.add(message("old"));
  nowMs += 2_000;
  await expect.poll(() => deletions, { timeout: 10_000 }).toBe(2);
  await store.close();
  expect(errors).toEqual([new Error("a disk that fails")]);
});
