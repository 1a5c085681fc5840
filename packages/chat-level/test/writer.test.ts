import { expect, it } from "vitest";
import type { Level } from "../src/database.js";
import { Writer, type WriteStep } from "../src/writer.js";

/** A database in a Map whose batches wait until they may go on, or fail. */
function gatedDatabase() {
  const entries = new Map<string, string>();
  const batches: { operations: { type: string; key: string; value?: string }[]; options: unknown }[] = [];
  const waiting: (() => void)[] = [];
  const state = { failure: undefined as Error | undefined, isGated: true, opened: 0 };
  const db = {
    get: async (key: string) => entries.get(key),
    getMany: async (keys: string[]) => keys.map((key) => entries.get(key)),
    async batch(operations: (typeof batches)[number]["operations"], options: unknown) {
      batches.push({ operations, options });
      if (state.isGated) await new Promise<void>((resolve) => waiting.push(resolve));
      if (state.failure) throw state.failure;
      for (const { type, key, value } of operations) type === "put" ? entries.set(key, value!) : entries.delete(key);
    },
    close: async () => {},
    open: async () => void state.opened++,
  } as unknown as Level;
  return { db, entries, batches, state, open: () => waiting.shift()?.() };
}

const open = (db: Level, failed = () => {}, reopening = async () => {}) =>
  Writer.open(db, { folder: "folder", nowMs: () => 1_000, committed: () => {}, reopening, failed });
const adding = (name: string): WriteStep<bigint> => ({
  apply(batch) {
    const id = batch.nextId();
    batch.put(name, String(id));
    return id;
  },
});
const turns = async (count = 5) => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};

it("steps that come while a batch is written share the next one, and each batch is synced", async () => {
  const { db, batches, open: goOn } = gatedDatabase();
  const writer = await open(db);
  const first = writer.run(adding("a"));
  await turns();
  const others = ["b", "c", "d"].map((name) => writer.run(adding(name)));
  await turns();
  expect(batches).toHaveLength(1);
  goOn();
  await first;
  await turns();
  goOn();
  const ids = [await first, ...(await Promise.all(others))];
  expect(batches.map(({ operations }) => operations.map(({ key }) => key))).toEqual([
    ["a", "!state"],
    ["b", "c", "d", "!state"],
  ]);
  expect(batches.map(({ options }) => options)).toEqual([{ sync: true }, { sync: true }]);
  expect(ids).toEqual([...ids].sort((a, b) => (a < b ? -1 : 1)));
});

it("an id is visible when its batch is written, and not before", async () => {
  const { db, open: goOn } = gatedDatabase();
  const writer = await open(db);
  const run = writer.run(adding("a"));
  await turns();
  expect(writer.newestId).toBe(0n);
  goOn();
  expect(writer.newestId).toBeLessThan(await run);
});

it("steps resolve in the order of their ids", async () => {
  const { db, state } = gatedDatabase();
  state.isGated = false;
  const writer = await open(db);
  const order: bigint[] = [];
  await Promise.all(["a", "b", "c"].map((name) => writer.run(adding(name)).then((id) => order.push(id))));
  expect(order).toEqual([...order].sort((a, b) => (a < b ? -1 : 1)));
});

it("a later step of the same batch reads what an earlier one wrote", async () => {
  const { db, state } = gatedDatabase();
  state.isGated = false;
  const writer = await open(db);
  const count: WriteStep<number> = {
    reads: ["count"],
    apply(batch) {
      const next = Number(batch.get("count") ?? 0) + 1;
      batch.put("count", String(next));
      return next;
    },
  };
  expect(await Promise.all([1, 2, 3].map(() => writer.run(count)))).toEqual([1, 2, 3]);
});

it("a write that fails rejects its steps with a code; the next one reopens the database and gives no id twice", async () => {
  const { db, state, entries } = gatedDatabase();
  state.isGated = false;
  let forgotten = 0;
  const writer = await open(db, () => void forgotten++);
  const before = await writer.run(adding("a"));
  state.failure = new Error("ENOSPC: no space left on device");
  const failing = [writer.run(adding("b")), writer.run(adding("c"))];
  for (const step of failing)
    await expect(step).rejects.toMatchObject({ code: "IM_ERR_STORE_IO", cause: state.failure });
  expect([writer.newestId, forgotten, state.opened]).toEqual([before, 1, 0]);
  state.failure = undefined;
  const after = await writer.run(adding("d"));
  expect(state.opened).toBe(1);
  expect(after - before).toBe(3n);
  expect([...entries.keys()]).toEqual(["a", "!state", "d"]);
});

it("a step that throws, or cannot be prepared, is rejected alone", async () => {
  const { db, state } = gatedDatabase();
  state.isGated = false;
  const writer = await open(db);
  const broken = [
    writer.run({ prepare: () => Promise.reject(new Error("damaged")), apply: () => 1 }),
    writer.run({
      apply() {
        throw new Error("a bug");
      },
    }),
  ];
  const sound = writer.run(adding("a"));
  await expect(broken[0]).rejects.toMatchObject({ code: "IM_ERR_STORE_IO", cause: new Error("damaged") });
  await expect(broken[1]).rejects.toEqual(new Error("a bug"));
  expect(await sound).toBeGreaterThan(0n);
});

it("does not close the database while it could not be opened anew", async () => {
  const { db, state } = gatedDatabase();
  state.isGated = false;
  let isFull = true;
  const checkRoom = async () => {
    if (isFull) throw new Error("the disk is full");
  };
  const writer = await open(db, undefined, checkRoom);
  state.failure = new Error("ENOSPC");
  await expect(writer.run(adding("a"))).rejects.toMatchObject({ code: "IM_ERR_STORE_IO" });
  state.failure = undefined;
  await expect(writer.run(adding("b"))).rejects.toMatchObject({ code: "IM_ERR_STORE_IO" });
  expect(state.opened).toBe(0);
  isFull = false;
  await writer.run(adding("c"));
  expect(state.opened).toBe(1);
});
