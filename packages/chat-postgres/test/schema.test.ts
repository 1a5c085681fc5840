import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { migrate, openPostgresChatStore, type PostgresChatStore } from "../src/index.js";
import { hasPostgres } from "./support/postgres-server.js";
import { TestSchema } from "./support/schemas.js";

const coded = (code: string, ...words: string[]) =>
  expect.objectContaining({ name: "ChatError", code, message: expect.stringMatching(words.join(".*")) });
const message = (body: string) => ({ sender: "alice", to: { account: "bob" }, type: 1, body, extra: "" });

// Each commit is synced, and the disk may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let schema: TestSchema;
beforeEach(async () => {
  if (hasPostgres) schema = await TestSchema.create();
});
afterEach(async () => schema?.remove());

const bodiesIn = async (store: PostgresChatStore) => {
  const ids = (await store.index("bob", { afterId: 0n, limit: 100 })).map(({ messageId }) => messageId);
  return (await store.contents("bob", ids)).map(({ body }) => body);
};

describe.runIf(hasPostgres)("a schema", () => {
  it("is made once, by any number of processes at the same time, and again without a change", async () => {
    await schema.run("DROP SCHEMA $schema CASCADE");
    await Promise.all(
      Array.from({ length: 5 }, () => migrate(schema.pool(), { schema: schema.schema, timeoutMs: 60_000 })),
    );
    const store = await schema.open();
    await store.add(message("one"));
    await migrate(schema.pool(), { schema: schema.schema });
    expect(await bodiesIn(store)).toEqual(["one"]);
  }, 180_000);

  it("of a newer format, or of something else, or that is not made, is refused by name", async () => {
    const pool = schema.pool();
    await expect(openPostgresChatStore({ pool, schema: "nothing" })).rejects.toEqual(
      coded("IM_ERR_STORE_FORMAT", "nothing", "migrate"),
    );
    await schema.run("UPDATE $schema.state SET format = 2");
    const newer = coded("IM_ERR_STORE_FORMAT", "format 2", "newer");
    await expect(openPostgresChatStore({ pool, schema: schema.schema })).rejects.toEqual(newer);
    await expect(migrate(pool, { schema: schema.schema })).rejects.toEqual(newer);
    await schema.run("DROP TABLE $schema.state");
    await expect(migrate(pool, { schema: schema.schema })).rejects.toEqual(
      coded("IM_ERR_STORE_FORMAT", "something else"),
    );
  });

  it("and other options that are wrong are refused by name", async () => {
    const pool = schema.pool();
    for (const wrong of [
      { pool, schema: 'a"b' },
      { pool, timeoutMs: 0 },
      { pool, timeout: 1 },
      { pool: {} },
      {},
      { pool, nowMs: 7 },
    ]) {
      await expect(openPostgresChatStore(wrong as { pool: typeof pool })).rejects.toEqual(
        coded("IM_ERR_INVALID_OPTION"),
      );
    }
    await expect(migrate(pool, { schema: "" })).rejects.toEqual(coded("IM_ERR_INVALID_OPTION", "schema"));
  });
});

describe.runIf(hasPostgres)("a store", () => {
  it("that is closed says so, and finishes what it was asked before", async () => {
    const store = await schema.open();
    const adding = [store.add(message("one")), store.add(message("two"))];
    await store.close();
    expect((await Promise.all(adding)).map((added) => typeof added)).toEqual(["object", "object"]);
    await expect(store.add(message("three"))).rejects.toEqual(coded("IM_ERR_STORE_CLOSED"));
    expect(await bodiesIn(await schema.open())).toEqual(["one", "two"]);
  });

  it("keeps names that are longer than an index takes, and texts that Postgres does not", async () => {
    const store = await schema.open();
    const random = () =>
      Array.from({ length: 1_000 }, () => String.fromCharCode(0x4e00 + Math.random() * 20_000)).join("");
    const [alice, bob, body] = [random(), random(), "\0 \uD800 \uFFFF \uFFFF0000 \u{1F600}"];
    const added = await store.add({ sender: alice, to: { account: bob }, type: 1, body, extra: "" }, random());
    const { messageId, readers } = added as { messageId: bigint; readers: readonly string[] };
    expect(readers).toEqual([alice, bob]);
    expect(await store.index(bob, { afterId: 0n, limit: 9 })).toMatchObject([{ messageId, peer: alice }]);
    expect(await store.contents(alice, [messageId])).toMatchObject([{ body, to: { account: bob } }]);
    const group = await store.createGroup({ name: "g", avatar: "", introduction: "", owner: alice }, [bob]);
    const members = await store.members(group, { after: "", limit: 9 });
    expect(new Set(members.map(({ account }) => account))).toEqual(new Set([alice, bob]));
  });

  it("takes the time of the database, which all writers share", async () => {
    const store = await schema.open();
    const before = (await schema.run("SELECT $schema.now_ms(NULL)")).rows[0].now_ms;
    const { sendTime } = (await store.add(message("one"))) as { sendTime: bigint };
    expect(sendTime / 1_000_000n).toBeGreaterThanOrEqual(BigInt(before));
  });

  it("is not disturbed by parsers that the application sets", async () => {
    const pool = schema.pool({ types: { getTypeParser: () => () => "an own parser" } } as never);
    const store = await schema.open({}, pool);
    await store.add(message("one"));
    expect(await bodiesIn(store)).toEqual(["one"]);
  });

  it("keeps messages by their age and number, and keys for their lifetime", async () => {
    let nowMs = Date.now();
    const store = await schema.open({ nowMs: () => nowMs, maxAgeMs: 10_000, maxMessages: 3, keyLifetimeMs: 5_000 });
    await store.add(message("old"), "k1");
    nowMs += 6_000;
    await store.add(message("one"), "k2");
    expect(await store.add(message("again"), "k1")).toMatchObject({ isRepetition: false });
    nowMs += 6_000;
    for (const body of ["two", "three", "four"]) await store.add(message(body));
    expect(await store.prune()).toBe(3);
    expect(await bodiesIn(store)).toEqual(["two", "three", "four"]);
    expect((await schema.run("SELECT message_count FROM $schema.state")).rows).toEqual([{ message_count: "3" }]);
    expect((await schema.run("SELECT FROM $schema.keys")).rows).toEqual([]);
  });

  it("exports everything in plain data", async () => {
    const store = await schema.open();
    const group = await store.createGroup({ name: "g", avatar: "", introduction: "", owner: "alice" }, ["bob"]);
    const added = (await store.add({ ...message("hi"), to: { group } })) as { messageId: bigint; sendTime: bigint };
    await store.acknowledge("bob", "a phone: 1", added.messageId);
    await store.markRead("bob", { group }, added.messageId);
    const records = [];
    for await (const record of store.export()) records.push(JSON.parse(JSON.stringify(record)));
    const messageId = String(added.messageId);
    const said = { kind: "message", messageId, sendTime: String(added.sendTime), sender: "alice", to: { group } };
    expect(records).toEqual([
      { ...said, type: 1, body: "hi", extra: "" },
      { kind: "group", groupId: group, name: "g", avatar: "", introduction: "", owner: "alice" },
      { kind: "membership", account: "alice", groupId: group, periods: [{ joinId: expect.any(String) }] },
      { kind: "membership", account: "bob", groupId: group, periods: [{ joinId: expect.any(String) }] },
      { kind: "position", account: "bob", device: "a phone: 1", messageId },
      { kind: "read mark", account: "bob", conversation: group, messageId },
    ]);
  });
});
