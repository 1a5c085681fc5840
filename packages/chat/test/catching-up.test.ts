import { commands } from "@im/wire";
import { describe, expect, it, vi } from "vitest";
import { MemoryChatStore } from "../src/index.js";
import { ChatUser } from "./support/chat-user.js";
import { startChat } from "./support/started-chat.js";

const DAY_MS = 86_400_000;
const message = (body: string, sender = "alice") => ({ sender, to: { account: "bob" }, type: 1, body, extra: "" });

/** A store whose messages were said at times of the past. */
function storeWithPast(...agoMs: number[]) {
  let nowMs = Date.now();
  const store = new MemoryChatStore({ nowMs: () => nowMs });
  const ids = agoMs.map((ago) => {
    nowMs = Date.now() - ago;
    return (store.add(message(`${ago} ms ago`)) as { messageId: bigint }).messageId;
  });
  nowMs = Date.now();
  return { store, ids };
}

it("what was said while a device was away comes with its next index", async () => {
  const { ws, tcp } = await startChat();
  const alice = await ChatUser.signIn(ws, "alice");
  const away = [await alice.talk("bob", "one"), await alice.talk("bob", "two")];
  const bob = await ChatUser.signIn(tcp, "bob");
  expect(await bob.indexedIds()).toEqual(away);
  const { contents } = (await bob.ask(commands.offlineContent, { messageIds: away.toReversed() }))!;
  expect(contents.map(({ body }) => body)).toEqual(["two", "one"]);
  await bob.ack(away[1]!);
  await bob.client.close();
  const later = await alice.talk("bob", "three");
  expect(await (await ChatUser.signIn(ws, "bob")).indexedIds()).toEqual([later]);
});

it("an index comes in pages of at most 2,000, oldest first", async () => {
  const { store, ids } = storeWithPast(...Array.from({ length: 4_500 }, () => 1_000));
  const { ws } = await startChat({ store });
  const bob = await ChatUser.signIn(ws, "bob");
  const first = (await bob.ask(commands.offlineIndex, { messageId: 0n }))!.indexes;
  expect(first.map(({ messageId }) => messageId)).toEqual(ids.slice(0, 2_000));
  expect(await bob.indexedIds()).toEqual(ids);
});

describe("each device has a position of its own", () => {
  it("which an acknowledgement of another device does not move", async () => {
    const { ws } = await startChat();
    const alice = await ChatUser.signIn(ws, "alice");
    const phone = await ChatUser.signIn(ws, "bob@phone");
    const ids = [await alice.talk("bob", "one"), await alice.talk("bob", "two")];
    await phone.index();
    await phone.ack(ids[1]!);
    expect(await (await ChatUser.signIn(ws, "bob@laptop")).indexedIds()).toEqual(ids);
    expect(await phone.indexedIds()).toEqual([]);
  });

  it("a new device begins some days ago, one that was away for longer where it stood", async () => {
    const { store, ids } = storeWithPast(30 * DAY_MS, 20 * DAY_MS, 3 * DAY_MS);
    store.acknowledge("bob", "phone", ids[0]!);
    const { ws } = await startChat({ store, newDeviceMs: 7 * DAY_MS });
    expect(await (await ChatUser.signIn(ws, "bob@phone")).indexedIds()).toEqual(ids.slice(1));
    const laptop = await ChatUser.signIn(ws, "bob@laptop");
    expect(await laptop.indexedIds()).toEqual(ids.slice(2));
    expect(await laptop.indexedIds(1n)).toEqual(ids);
  });

  it("a position expires", async () => {
    let nowMs = Date.now() - 60_000;
    const store = new MemoryChatStore({ nowMs: () => nowMs });
    const { messageId } = store.add(message("old")) as { messageId: bigint };
    store.acknowledge("bob", "default", messageId);
    nowMs = Date.now();
    const { ws } = await startChat({ store, positionLifetimeMs: 30_000 });
    expect(await (await ChatUser.signIn(ws, "bob")).indexedIds()).toEqual([messageId]);
  });
});

describe("an acknowledgement hides nothing", () => {
  it("that comes after the newest id, however large it is", async () => {
    const { ws } = await startChat();
    const [alice, bob] = [await ChatUser.signIn(ws, "alice"), await ChatUser.signIn(ws, "bob")];
    await alice.talk("bob", "one");
    await bob.index();
    await bob.ack((1n << 63n) - 1n);
    const later = await alice.talk("bob", "two");
    expect(await bob.indexedIds()).toEqual([later]);
  });

  it("of a session that has not read its index to the end: a new message does not stand for those before it", async () => {
    const { store, ids } = storeWithPast(...Array.from({ length: 2_500 }, () => 1_000));
    const { ws } = await startChat({ store });
    const [alice, bob] = [await ChatUser.signIn(ws, "alice"), await ChatUser.signIn(ws, "bob")];
    await bob.ask(commands.offlineIndex, { messageId: 0n });
    const live = await alice.talk("bob", "new");
    await bob.nextTalk();
    await bob.ack(live);
    await bob.client.close();
    expect(await (await ChatUser.signIn(ws, "bob")).indexedIds()).toEqual([...ids.slice(2_000), live]);
  });

  it("of a session that has not asked for its index at all", async () => {
    const { store, ids } = storeWithPast(1_000);
    const { ws } = await startChat({ store });
    const [alice, bob] = [await ChatUser.signIn(ws, "alice"), await ChatUser.signIn(ws, "bob")];
    const live = await alice.talk("bob", "new");
    await bob.ack(live);
    expect(await bob.indexedIds()).toEqual([...ids, live]);
    await bob.ack(live);
    expect(await bob.indexedIds()).toEqual([]);
  });

  it("of the device that sent: it has the message itself", async () => {
    const { ws } = await startChat();
    const [phone, laptop] = [await ChatUser.signIn(ws, "alice@phone"), await ChatUser.signIn(ws, "alice@laptop")];
    await laptop.index();
    const messageId = await phone.talk("bob", "hi");
    expect((await laptop.nextTalk()).body?.messageId).toBe(messageId);
    await laptop.ack(messageId);
    expect(await laptop.indexedIds()).toEqual([]);
    expect(await phone.indexedIds()).toEqual([messageId]);
  });
});

it("contents that do not fit into one answer come in part, the first ones", async () => {
  const store = new MemoryChatStore();
  const ids = Array.from(
    { length: 100 },
    () => (store.add(message("x".repeat(16_000))) as { messageId: bigint }).messageId,
  );
  const { ws } = await startChat({ store });
  const bob = await ChatUser.signIn(ws, "bob");
  const { contents } = (await bob.ask(commands.offlineContent, { messageIds: ids }))!;
  expect(contents.length).toBeGreaterThan(50);
  expect(contents.map(({ messageId }) => messageId)).toEqual(ids.slice(0, contents.length));
});

it("a client that never acknowledges gets everything again, and nobody else notices", async () => {
  const { ws, errors } = await startChat();
  const alice = await ChatUser.signIn(ws, "alice");
  const ids = [await alice.talk("bob", "one"), await alice.talk("bob", "two")];
  for (let round = 0; round < 3; round++) {
    const bob = await ChatUser.signIn(ws, "bob");
    await vi.waitFor(async () => expect(await bob.indexedIds()).toEqual(ids));
    await bob.client.close();
  }
  expect(errors).toEqual([]);
});
