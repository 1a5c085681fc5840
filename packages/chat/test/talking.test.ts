import { commands } from "@im/wire";
import { describe, expect, it } from "vitest";
import { type ChatStore, MemoryChatStore, type StoredMessage } from "../src/index.js";
import { ChatUser } from "./support/chat-user.js";
import { startChat } from "./support/started-chat.js";
import { storeWith } from "./support/store-with.js";

const bodies = (messages: readonly { readonly body?: { readonly body: string } | undefined }[]) =>
  messages.map(({ body }) => body?.body);

describe.each(["ws", "tcp"] as const)("over %s", (transport) => {
  it("a talk is stored, answered and pushed, with one id and time", async () => {
    const started = await startChat();
    const [alice, bob] = [await ChatUser.signIn(started[transport], "alice"), await ChatUser.signIn(started.ws, "bob")];
    const { body } = await alice.client.request(
      commands.chatUserTalk,
      { type: 1, body: "hi", extra: "e" },
      { dest: "bob" },
    );
    const push = await bob.nextTalk();
    expect(push).toMatchObject({ dest: "bob", body: { ...body, type: 1, body: "hi", extra: "e", sender: "alice" } });
    const { indexes } = (await bob.client.request(commands.offlineIndex, { messageId: 0n })).body!;
    expect(indexes).toEqual([{ ...body, direction: 0, accountB: "alice", group: "" }]);
    expect(await alice.index()).toMatchObject([{ messageId: body!.messageId, direction: 1, accountB: "bob" }]);
    expect(started.errors).toEqual([]);
  });

  it("a talk in a group reaches each other member, with the group as its dest", async () => {
    const started = await startChat();
    const [alice, bob, carol] = await Promise.all(
      ["alice", "bob", "carol"].map((a) => ChatUser.signIn(started[transport], a)),
    );
    const groupId = await alice!.createGroup("friends", "bob");
    expect(await bob!.next(commands.groupCreate)).toMatchObject({ body: { groupId, members: ["alice", "bob"] } });
    await carol!.ask(commands.groupJoin, { groupId });
    const messageId = await bob!.talkInGroup(groupId, "hi");
    for (const member of [alice, carol]) {
      expect(await member!.nextGroupTalk()).toMatchObject({
        dest: groupId,
        body: { messageId, sender: "bob", body: "hi" },
      });
    }
    expect(bob!.unread(commands.chatGroupTalk)).toEqual([]);
    expect(await alice!.index()).toMatchObject([{ messageId, direction: 0, accountB: "bob", group: groupId }]);
  });
});

it("the sender's other devices get what it sends, the one that sent does not", async () => {
  const { ws, tcp } = await startChat();
  const [phone, laptop] = [await ChatUser.signIn(ws, "alice@phone"), await ChatUser.signIn(tcp, "alice@laptop")];
  const messageId = await phone.talk("bob", "hi");
  expect(await laptop.nextTalk()).toMatchObject({ dest: "bob", body: { messageId, sender: "alice" } });
  await laptop.talk("alice", "a note");
  expect((await phone.nextTalk()).body).toMatchObject({ body: "a note", sender: "alice" });
  expect([...bodies(phone.unread(commands.chatUserTalk)), ...bodies(laptop.unread(commands.chatUserTalk))]).toEqual([]);
});

it("each device of the receiver gets a talk", async () => {
  const { ws, tcp } = await startChat();
  const devices = [await ChatUser.signIn(ws, "bob@phone"), await ChatUser.signIn(tcp, "bob@laptop")];
  const messageId = await (await ChatUser.signIn(ws, "alice")).talk("bob", "hi");
  for (const device of devices) expect((await device.nextTalk()).body).toMatchObject({ messageId });
});

describe("a message is answered and pushed after the store has it", () => {
  /** A store whose `add` waits until it may go on. */
  function gatedStore() {
    const memory = new MemoryChatStore();
    const waiting: (() => void)[] = [];
    let begun: () => void = () => {};
    const store = storeWith(memory, {
      add: async (message, key) => {
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
          begun();
        });
        return memory.add(message, key);
      },
    });
    const whenBegun = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const open = () => {
      for (const resolve of waiting.splice(0)) resolve();
    };
    return { store, whenBegun, open };
  }

  it("and not before", async () => {
    const { store, whenBegun, open } = gatedStore();
    const { ws } = await startChat({ store });
    const [alice, bob] = [await ChatUser.signIn(ws, "alice"), await ChatUser.signIn(ws, "bob")];
    let isAnswered = false;
    const talking = alice.talk("bob", "hi").then((id) => {
      isAnswered = true;
      return id;
    });
    await whenBegun;
    // Round trips after the request was read: what was wrongly sent has arrived.
    for (const user of [bob, bob]) await user.client.request("no.such.command").catch(() => {});
    expect([isAnswered, bob.unread(commands.chatUserTalk).length, await bob.indexedIds()]).toEqual([false, 0, []]);
    open();
    expect((await bob.nextTalk()).body?.messageId).toBe(await talking);
  });

  it("a store that cannot write: the sender gets 300 and nobody is pushed anything", async () => {
    const memory = new MemoryChatStore();
    let isFull = true;
    const store: ChatStore = storeWith(memory, {
      add: async (message, key) => {
        if (isFull) throw new Error("ENOSPC: no space left on device");
        return memory.add(message, key);
      },
    });
    const { ws, errors } = await startChat({ store });
    const [alice, bob] = [await ChatUser.signIn(ws, "alice"), await ChatUser.signIn(ws, "bob")];
    expect((await alice.refusal(commands.chatUserTalk, { type: 1, body: "lost" }, "bob"))[0]).toBe(300);
    expect(errors).toMatchObject([{ error: { message: expect.stringContaining("ENOSPC") } }]);
    isFull = false;
    await alice.talk("bob", "again");
    expect((await bob.nextTalk()).body?.body).toBe("again");
  });
});

it("a repetition with the same idempotency key is stored once, also when the gateway has forgotten it", async () => {
  const store = new MemoryChatStore();
  const [first, second] = [await startChat({ store }), await startChat({ store })];
  const bob = await ChatUser.signIn(second.ws, "bob");
  const sent = await (await ChatUser.signIn(first.ws, "alice")).talk("bob", "hi", "key");
  const again = await (await ChatUser.signIn(second.ws, "alice")).talk("bob", "hi", "key");
  expect(again).toBe(sent);
  expect(await bob.indexedIds()).toEqual([sent]);
  // It was not pushed there, as if the first gateway had died in between.
  expect((await bob.nextTalk()).body).toMatchObject({ messageId: sent, body: "hi" });
});

it("a key that is used again with another receiver sends nothing to it", async () => {
  const store = new MemoryChatStore();
  const [first, second] = [await startChat({ store }), await startChat({ store })];
  const sent = await (await ChatUser.signIn(first.ws, "alice")).talk("bob", "for bob", "key");
  const [alice, carol] = [await ChatUser.signIn(second.ws, "alice"), await ChatUser.signIn(second.ws, "carol")];
  expect(await alice.talk("carol", "for carol", "key")).toBe(sent);
  const other = await alice.talk("carol", "later");
  expect((await carol.nextTalk()).body).toMatchObject({ messageId: other, body: "later" });
});

describe("rules", () => {
  it("forbid a talk, and say why", async () => {
    const mayTalk = (session: { account: string }) =>
      session.account === "eve" ? { refused: "you are blocked" } : true;
    const { ws } = await startChat({ rules: { mayTalk: (session) => mayTalk(session) as true } });
    const [alice, eve, bob] = await Promise.all(["alice", "eve", "bob"].map((account) => ChatUser.signIn(ws, account)));
    expect(await eve!.refusal(commands.chatUserTalk, { type: 1, body: "hi" }, "bob")).toEqual([105, "you are blocked"]);
    await alice!.talk("bob", "hi");
    expect((await bob!.nextTalk()).body?.sender).toBe("alice");
  });

  it("change what is stored and pushed, or refuse it", async () => {
    const { ws } = await startChat({
      rules: {
        review: ({ type, body, extra }) =>
          body.includes("secret") ? { refused: "no secrets" } : { type, body: body.replaceAll("damn", "****"), extra },
      },
    });
    const [alice, bob] = [await ChatUser.signIn(ws, "alice"), await ChatUser.signIn(ws, "bob")];
    expect(await alice.refusal(commands.chatUserTalk, { type: 1, body: "a secret" }, "bob")).toEqual([
      105,
      "no secrets",
    ]);
    const messageId = await alice.talk("bob", "damn it");
    expect((await bob.nextTalk()).body?.body).toBe("**** it");
    const { contents } = (await bob.ask(commands.offlineContent, { messageIds: [messageId] }))!;
    expect(contents[0]?.body).toBe("**** it");
  });

  it("cannot make a text that has no UTF-8, such as half of an emoji", async () => {
    const { ws, store } = await startChat({
      rules: { review: ({ type, body, extra }) => ({ type, body: body.slice(0, 1), extra }) },
    });
    const alice = await ChatUser.signIn(ws, "alice");
    const noUtf8 = [101, "the text has a lone surrogate, and so no UTF-8"];
    expect(await alice.refusal(commands.chatUserTalk, { type: 1, body: "👋" }, "bob")).toEqual(noUtf8);
    expect(await store.index("bob", { afterId: 0n, limit: 1 })).toEqual([]);
  });

  it("cannot make a text larger than a message may be", async () => {
    const { ws, store } = await startChat({
      maxTextBytes: 100,
      rules: { review: ({ type, body, extra }) => ({ type, body: body.repeat(100), extra }) },
    });
    const alice = await ChatUser.signIn(ws, "alice");
    const tooLarge = [101, "a message has at most 100 bytes of text"];
    expect(await alice.refusal(commands.chatUserTalk, { type: 1, body: "hi" }, "bob")).toEqual(tooLarge);
    expect(await store.index("bob", { afterId: 0n, limit: 1 })).toEqual([]);
  });

  it("that throw are answered with 300", async () => {
    const mayTalk = () => Promise.reject(new Error("the database of friends is down"));
    const { ws, errors } = await startChat({ rules: { mayTalk } });
    const alice = await ChatUser.signIn(ws, "alice");
    expect((await alice.refusal(commands.chatUserTalk, { type: 1, body: "hi" }, "bob"))[0]).toBe(300);
    expect(errors).toHaveLength(1);
  });
});

it("hooks get what is stored, and accounts without a session", async () => {
  const said: string[] = [];
  const { ws } = await startChat({
    hooks: {
      stored: ({ body }: StoredMessage) => said.push(`stored ${body}`),
      offline: (account: string, { body }: StoredMessage) => said.push(`${account} misses ${body}`),
    },
  });
  const alice = await ChatUser.signIn(ws, "alice");
  await ChatUser.signIn(ws, "bob");
  const group = await alice.createGroup("g", "bob", "carol");
  await alice.talk("bob", "one");
  await alice.talk("carol", "two");
  await alice.talkInGroup(group, "three");
  await alice.talk("alice", "note");
  expect(said).toEqual([
    "stored one",
    "stored two",
    "carol misses two",
    "stored three",
    "carol misses three",
    "stored note",
  ]);
});
