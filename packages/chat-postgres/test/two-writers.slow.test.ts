import { afterEach, beforeEach, describe, expect, inject, it, vi } from "vitest";
import { wholeIndex } from "../../chat/src/contract-suites/store-case.js";
import type { PostgresChatStore } from "../src/index.js";
import { giveIdsBeforeTheLock, HELD_BACK } from "./support/broken-schemas.js";
import { hasPostgres } from "./support/postgres-server.js";
import { TestSchema } from "./support/schemas.js";
import { LANES, Writers } from "./support/writers.js";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

let schema: TestSchema;
let store: PostgresChatStore;
beforeEach(async () => {
  if (!hasPostgres) return;
  schema = await TestSchema.create();
  store = await schema.open();
});
afterEach(async () => schema?.remove());

const idsIn = async () => (await wholeIndex(store, "bob", 0n, 500)).map(({ messageId }) => messageId);

/** Reads the index of bob page by page, and acknowledges what it has, until the writers have ended. @param seen gets the ids */
async function readUntil(ended: Promise<unknown>, reader: PostgresChatStore, seen: bigint[]): Promise<void> {
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  for (;;) {
    const isLast = isOver;
    const page = await reader.index("bob", { afterId: seen.at(-1) ?? 0n, limit: 50 });
    seen.push(...page.map(({ messageId }) => messageId));
    // As far as the store lets it: whatever comes later must be behind it.
    const { to } = await reader.acknowledge("bob", "phone", (1n << 63n) - 1n);
    const upToThere = await reader.index("bob", { afterId: seen.at(-1) ?? 0n, limit: 5_000 });
    seen.push(...upToThere.map(({ messageId }) => messageId).filter((id) => id <= to));
    if (isLast && page.length < 50) return;
  }
}

describe.runIf(hasPostgres)("two processes that write to one chat", () => {
  it("never commit behind what a reader has seen or acknowledged", async () => {
    const writers = await Writers.build();
    const processes = ["alice", "carol"].map((sender) =>
      writers.start(inject("postgresFolder")!, schema.schema, sender, 30),
    );
    const seen: bigint[] = [];
    await readUntil(Promise.all(processes.map(({ ended }) => ended)), store, seen);
    const all = await idsIn();
    expect(all).toHaveLength(2 * LANES * 30);
    expect(seen).toEqual(all);
    for (const { acknowledged } of processes) {
      expect([...acknowledged.values()].filter((id) => !all.includes(id))).toEqual([]);
    }
  });

  it("that give ids before they have the lock are found out", async () => {
    await giveIdsBeforeTheLock(schema);
    const holder = await schema.pool().connect();
    await holder.query("SELECT pg_advisory_lock($1)", [HELD_BACK]);
    const writers = await Writers.build();
    const start = (sender: string) => writers.start(inject("postgresFolder")!, schema.schema, sender, 1);
    const first = start("alice");
    const isWaiting = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND NOT granted";
    await expect.poll(async () => (await holder.query(isWaiting, [HELD_BACK])).rowCount, { timeout: 60_000 }).toBe(1);
    const second = start("carol");
    const seen: bigint[] = [];
    const reading = readUntil(Promise.all([first.ended, second.ended]), store, seen);
    await expect.poll(() => seen.length, { timeout: 60_000 }).toBeGreaterThan(0);
    await holder.query("SELECT pg_advisory_unlock($1)", [HELD_BACK]);
    holder.release();
    await reading;
    expect((await idsIn()).filter((id) => !seen.includes(id))).not.toEqual([]);
  });

  it("lose nothing that was acknowledged when one is killed, and the other goes on", async () => {
    const writers = await Writers.build();
    const [killed, other] = ["alice", "carol"].map((sender) =>
      writers.start(inject("postgresFolder")!, schema.schema, sender, 40),
    ) as [ReturnType<Writers["start"]>, ReturnType<Writers["start"]>];
    await killed.has(100);
    killed.process.kill("SIGKILL");
    await Promise.all([killed.ended, other.ended]);
    const all = await idsIn();
    expect(other.acknowledged.size).toBe(LANES * 40);
    for (const { acknowledged } of [killed, other]) {
      expect([...acknowledged.values()].filter((id) => !all.includes(id))).toEqual([]);
    }
    // What it repeats is what it had stored.
    const repeated = [...killed.acknowledged].map(async ([body, id]) => {
      const message = { sender: "alice", to: { account: "bob" }, type: 1, body, extra: "" };
      expect(await store.add(message, body)).toMatchObject({ messageId: id, isRepetition: true });
    });
    await Promise.all(repeated);
  });

  it("store a message with one key once", async () => {
    const others = await Promise.all([schema.open(), schema.open()]);
    const message = { sender: "alice", to: { account: "bob" }, type: 1, body: "hello", extra: "" };
    const keys = Array.from({ length: 50 }, (_, n) => `key ${n}`);
    const added = await Promise.all(others.flatMap((one) => keys.map((key) => one.add(message, key))));
    expect(added.filter((one) => typeof one === "object" && !one.isRepetition)).toHaveLength(50);
    expect(await idsIn()).toHaveLength(50);
  });

  it("know who joined and quit by the other", async () => {
    const [one, other] = await Promise.all([schema.open(), schema.open()]);
    const group = await one.createGroup({ name: "g", avatar: "", introduction: "", owner: "alice" }, ["bob"]);
    const readers = async (by: PostgresChatStore) => {
      const added = await by.add({ sender: "alice", to: { group }, type: 1, body: "hi", extra: "" });
      return typeof added === "object" ? [...added.readers].sort() : added;
    };
    expect(await readers(other)).toEqual(["alice", "bob"]);
    await one.join(group, "carol", 9);
    expect(await readers(other)).toEqual(["alice", "bob", "carol"]);
    await one.quit(group, "bob");
    expect(await readers(other)).toEqual(["alice", "carol"]);
    await one.deleteAccount("carol");
    expect(await readers(other)).toEqual(["alice"]);
    expect((await other.group(group))?.memberCount).toBe(1);
  });
});
