import { describe, expect, it } from "vitest";
import { decodeFields, KimWebClient } from "../../gateway/test/support/kim-web-client.js";
import { type AddedMessage, MemoryChatStore } from "../src/index.js";
import { startChat } from "./support/started-chat.js";
import { storeWith } from "./support/store-with.js";

const text = (value: unknown) => Buffer.from((value as Uint8Array | undefined) ?? []).toString();

async function signIn(url: string, token: string): Promise<KimWebClient> {
  const client = await KimWebClient.open(url);
  client.send("login.signin", "", [[1, token]]);
  expect(await client.packet()).toMatchObject({ command: "login.signin", flag: 1, status: 0 });
  return client;
}

/** Sends a request and gives its answer. */
async function ask(client: KimWebClient, command: string, dest: string, body: Parameters<KimWebClient["send"]>[2]) {
  const sequence = client.send(command, dest, body);
  const packet = await client.packet();
  expect(packet).toMatchObject({ command, sequence, flag: 1, dest });
  return packet;
}

describe("kim's JS SDK", () => {
  it("signs in, reads its index to the end, talks, and acknowledges", async () => {
    const { ws } = await startChat();
    const [alice, bob] = [await signIn(ws, "alice"), await signIn(ws, "bob")];
    expect(await ask(bob, "chat.offline.index", "", [[1, 0n]])).toMatchObject({ status: 0, body: {} });
    const sent = await ask(alice, "chat.user.talk", "bob", [
      [1, 1],
      [2, "你好, bob"],
    ]);
    expect(sent.status).toBe(0);
    const push = await bob.packet();
    expect(push).toMatchObject({ command: "chat.user.talk", flag: 2, dest: "bob", sequence: sent.sequence });
    const { 1: messageId, 2: type, 3: body, 5: sender, 6: sendTime } = push.body;
    expect([messageId, sendTime]).toEqual([sent.body[1], sent.body[2]]);
    expect([type, text(body), text(sender)]).toEqual([1n, "你好, bob", "alice"]);
    expect(await ask(bob, "chat.talk.ack", "", [[1, messageId as bigint]])).toMatchObject({ status: 0, body: {} });
    expect((await ask(bob, "chat.offline.index", "", [[1, 0n]])).body).toEqual({});
  });

  it("gets what it missed: the index, then the contents", async () => {
    const { ws } = await startChat();
    const alice = await signIn(ws, "alice");
    const sent = await ask(alice, "chat.user.talk", "bob", [
      [1, 1],
      [2, "hi"],
      [3, "extra"],
    ]);
    const id = sent.body[1] as bigint;
    const bob = await signIn(ws, "bob");
    const { body } = await ask(bob, "chat.offline.index", "", [[1, 0n]]);
    const entry = decodeFields(body[1] as Uint8Array);
    // direction 0 is not written: proto3.
    expect([entry[1], entry[2], entry[3], text(entry[4]), entry[5]]).toEqual([
      id,
      undefined,
      sent.body[2],
      "alice",
      undefined,
    ]);
    expect((await ask(bob, "chat.offline.index", "", [[1, id]])).body).toEqual({});
    const contents = await ask(bob, "chat.offline.content", "", [[1, id]]);
    const content = decodeFields(contents.body[1] as Uint8Array);
    expect([content[1], content[2], text(content[3]), text(content[4])]).toEqual([id, 1n, "hi", "extra"]);
  });

  it("reads a long index in pages, each from the last id of the one before, until one is empty", async () => {
    const store = new MemoryChatStore();
    const message = { sender: "alice", to: { account: "bob" }, type: 1, body: "hi", extra: "" };
    const ids = Array.from({ length: 2_500 }, () => (store.add(message) as AddedMessage).messageId);
    const { ws } = await startChat({ store });
    const bob = await signIn(ws, "bob");
    const lastIds: unknown[] = [];
    for (let messageId = 0n; ; ) {
      const { body } = await ask(bob, "chat.offline.index", "", [[1, messageId]]);
      if (body[1] === undefined) break;
      // Of a repeated field this has the last.
      messageId = decodeFields(body[1] as Uint8Array)[1] as bigint;
      lastIds.push(messageId);
    }
    expect(lastIds).toEqual([ids[1_999], ids[2_499]]);
  });

  it("makes a group, talks in it, joins, asks for its detail, and quits", async () => {
    const { ws } = await startChat();
    const [alice, bob] = [await signIn(ws, "alice"), await signIn(ws, "bob")];
    const made = await ask(alice, "chat.group.create", "", [
      [1, "friends"],
      [4, "alice"],
      [5, "alice"],
    ]);
    const group = text(made.body[1]);
    expect(
      await ask(bob, "chat.group.join", "", [
        [1, "bob"],
        [2, group],
      ]),
    ).toMatchObject({ status: 0, body: {} });
    const sent = await ask(alice, "chat.group.talk", group, [
      [1, 1],
      [2, "hi all"],
    ]);
    const push = await bob.packet();
    expect(push).toMatchObject({ command: "chat.group.talk", flag: 2, dest: group });
    expect([push.body[1], text(push.body[3])]).toEqual([sent.body[1], "hi all"]);
    const detail = await ask(bob, "chat.group.detail", "", [[1, group]]);
    expect([text(detail.body[1]), text(detail.body[2]), text(detail.body[5])]).toEqual([group, "friends", "alice"]);
    expect(
      await ask(bob, "chat.group.quit", "", [
        [1, "bob"],
        [2, group],
      ]),
    ).toMatchObject({ status: 0, body: {} });
    expect(
      await ask(bob, "chat.group.talk", group, [
        [1, 1],
        [2, "hi"],
      ]),
    ).toMatchObject({ status: 105 });
  });

  it("is answered with 300 when the store fails, tries again, and its receiver gets the message once", async () => {
    const memory = new MemoryChatStore();
    let failures = 1;
    const store = storeWith(memory, {
      async add(message, key) {
        if (failures-- > 0) throw new Error("busy");
        return memory.add(message, key);
      },
    });
    const { ws } = await startChat({ store });
    const [alice, bob] = [await signIn(ws, "alice"), await signIn(ws, "bob")];
    const talk = () =>
      ask(alice, "chat.user.talk", "bob", [
        [1, 1],
        [2, "hi"],
      ]);
    expect((await talk()).status).toBe(300);
    const again = await talk();
    expect(again.status).toBe(0);
    expect((await bob.packet()).body[1]).toEqual(again.body[1]);
    expect(memory.index("bob", { afterId: 0n, limit: 9 })).toHaveLength(1);
  });
});
