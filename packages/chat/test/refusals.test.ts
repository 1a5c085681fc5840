import { commands, Status } from "@im/wire";
import { beforeEach, expect, it } from "vitest";
import { ChatError, MemoryChatStore } from "../src/index.js";
import { ChatUser } from "./support/chat-user.js";
import { type StartedChat, startChat } from "./support/started-chat.js";
import { storeWith } from "./support/store-with.js";

let started: StartedChat;
let alice: ChatUser;
let eve: ChatUser;
beforeEach(async () => {
  started = await startChat({ maxTextBytes: 1_000, maxGroupMembers: 3 });
  [alice, eve] = [await ChatUser.signIn(started.ws, "alice"), await ChatUser.signIn(started.tcp, "eve")];
});

const text = (body: string, extra = "") => ({ type: 1, body, extra });

it("a talk without a receiver, or to what is no name", async () => {
  expect((await alice.refusal(commands.chatUserTalk, text("hi")))[0]).toBe(Status.NoDestination);
  expect((await alice.refusal(commands.chatGroupTalk, text("hi")))[0]).toBe(Status.NoDestination);
  expect((await alice.refusal(commands.chatUserTalk, text("hi"), "x".repeat(1_025)))[0]).toBe(Status.NoDestination);
});

it("a text that is empty or too large, by its bytes", async () => {
  expect(await alice.refusal(commands.chatUserTalk, text(""), "bob")).toEqual([101, "the message is empty"]);
  const tooLarge = [101, "a message has at most 1000 bytes of text"];
  expect(await alice.refusal(commands.chatUserTalk, text("x".repeat(1_001)), "bob")).toEqual(tooLarge);
  expect(await alice.refusal(commands.chatUserTalk, text("x".repeat(999), "ex"), "bob")).toEqual(tooLarge);
  expect(await alice.refusal(commands.chatUserTalk, text("账".repeat(334)), "bob")).toEqual(tooLarge);
  expect(await alice.refusal(commands.chatUserTalk, text("👋".repeat(251)), "bob")).toEqual(tooLarge);
  expect(await alice.refusal(commands.chatUserTalk, text("x".repeat(1_000_000)), "bob")).toEqual(tooLarge);
  for (const body of ["x".repeat(1_000), "账".repeat(333), "👋".repeat(250)]) await alice.talk("bob", body);
});

it("a group that does not exist, or that one is no member of", async () => {
  const group = await alice.createGroup("g");
  const ways = [
    [commands.chatGroupTalk, text("hi"), "none"],
    [commands.groupJoin, { groupId: "none" }],
    [commands.groupQuit, { groupId: "none" }],
    [commands.groupDetail, { groupId: "none" }],
    ["chat.x.members", { groupId: "none" }],
    [commands.groupJoin, { groupId: "" }],
  ] as const;
  for (const [command, body, dest] of ways) {
    expect(await eve.refusal(command, body, dest)).toEqual([Status.NoDestination, "there is no such group"]);
  }
  const notAMember = [Status.Unauthorized, "you are not a member of this group"];
  expect(await eve.refusal(commands.chatGroupTalk, text("hi"), group)).toEqual(notAMember);
  expect(await eve.refusal("chat.x.members", { groupId: group })).toEqual(notAMember);
  expect((await eve.ask(commands.groupDetail, { groupId: group }))?.members).toEqual([]);
});

it("groups in another's name, with too many members, or with what is no name", async () => {
  expect((await eve.refusal(commands.groupCreate, { name: "g", owner: "alice" }))[0]).toBe(Status.Unauthorized);
  expect((await eve.refusal(commands.groupCreate, { name: "g", members: ["a", "b", "c"] }))[0]).toBe(101);
  expect((await eve.refusal(commands.groupCreate, { name: "g", members: [""] }))[0]).toBe(101);
  expect((await eve.refusal(commands.groupCreate, { name: "x".repeat(1_025) }))[0]).toBe(101);
  const group = await alice.createGroup("g", "bob", "carol");
  expect(await eve.refusal(commands.groupJoin, { groupId: group })).toEqual([105, "the group has 3 members already"]);
  expect((await eve.refusal(commands.groupJoin, { groupId: group, account: "dave" }))[0]).toBe(Status.Unauthorized);
  expect((await eve.refusal(commands.groupQuit, { groupId: group, account: "alice" }))[0]).toBe(Status.Unauthorized);
});

it("contents that one may not see: they look like what does not exist", async () => {
  const secret = await alice.talk("bob", "a secret");
  const answer = [Status.Unauthorized, "there is no such message that you may see"];
  expect(await eve.refusal(commands.offlineContent, { messageIds: [secret] })).toEqual(answer);
  expect(await eve.refusal(commands.offlineContent, { messageIds: [1n] })).toEqual(answer);
  const own = await eve.talk("bob", "mine");
  const { contents } = (await eve.ask(commands.offlineContent, { messageIds: [secret, own] }))!;
  expect(contents).toMatchObject([{ messageId: own, body: "mine" }]);
  expect((await eve.ask("chat.x.history", { account: "alice" }))?.messages).toEqual([]);
  expect(await eve.refusal("chat.x.read", { account: "bob", messageId: secret - 1n })).toEqual(answer);
});

it("no ids, 201 ids, negative ids", async () => {
  expect((await alice.refusal(commands.offlineContent, { messageIds: [] }))[0]).toBe(101);
  const many = Array.from({ length: 201 }, () => 1n);
  expect(await alice.refusal(commands.offlineContent, { messageIds: many })).toEqual([
    101,
    "at most 200 ids may be asked for at once",
  ]);
  expect((await alice.refusal(commands.offlineIndex, { messageId: -1n }))[0]).toBe(101);
  for (const messageId of [0n, -1n]) expect((await alice.refusal(commands.chatTalkAck, { messageId }))[0]).toBe(101);
});

it("a conversation that is named twice or not at all, too many accounts", async () => {
  for (const names of [{}, { account: "bob", groupId: "g" }]) {
    expect((await alice.refusal("chat.x.history", names))[0]).toBe(101);
    expect((await alice.refusal("chat.x.marks", names))[0]).toBe(101);
  }
  const accounts = Array.from({ length: 501 }, (_, n) => `user ${n}`);
  expect((await alice.refusal("chat.x.presence", { accounts }))[0]).toBe(101);
});

it("bodies that do not parse", async () => {
  const commandsWithBodies = [
    commands.chatTalkAck,
    commands.offlineIndex,
    commands.groupJoin,
    "chat.x.history",
  ] as const;
  for (const command of commandsWithBodies) {
    expect((await alice.refusal(command, Uint8Array.of(255, 255) as never))[0]).toBe(101);
  }
});

it("an own command of a client without the extension", async () => {
  const kim = await ChatUser.signIn(started.ws, "kim", false);
  expect(await kim.refusal("chat.x.groups", {})).toEqual([103, "chat.x.groups needs the extension chat"]);
});

it("a store that is closed: with a status after which clients try again, whatever they ask", async () => {
  const closed = () => Promise.reject(new ChatError("IM_ERR_STORE_CLOSED", "the store is closed"));
  const calls = [
    "add",
    "index",
    "contents",
    "acknowledge",
    "position",
    "createGroup",
    "group",
    "join",
    "quit",
  ] as const;
  const store = storeWith(new MemoryChatStore(), Object.fromEntries(calls.map((name) => [name, closed])));
  const { ws } = await startChat({ store });
  const bob = await ChatUser.signIn(ws, "bob");
  const ways = [
    [commands.chatUserTalk, text("hi"), "alice"],
    [commands.offlineIndex, { messageId: 0n }],
    [commands.offlineContent, { messageIds: [1n] }],
    [commands.chatTalkAck, { messageId: 1n }],
    [commands.groupCreate, { name: "g" }],
    [commands.groupJoin, { groupId: "g" }],
    [commands.groupQuit, { groupId: "g" }],
    [commands.groupDetail, { groupId: "g" }],
  ] as const;
  for (const [command, body, dest] of ways) {
    expect((await bob.refusal(command, body as never, dest))[0], command).toBe(Status.SystemException);
  }
});

it("a store that is too slow: with a status after which clients try again, and what was stored late is stored once", async () => {
  const memory = new MemoryChatStore();
  let goOn = () => {};
  const stands = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const store = storeWith(memory, {
    async add(message, key) {
      if (message.body === "slow") await stands;
      return memory.add(message, key);
    },
  });
  const { ws } = await startChat({ store, gatewayOptions: { handlerTimeoutMs: 200 } });
  const [bob, carol] = [await ChatUser.signIn(ws, "bob"), await ChatUser.signIn(ws, "carol")];
  expect((await bob.refusal(commands.chatUserTalk, text("slow"), "carol"))[0]).toBe(Status.SystemException);
  await bob.talk("carol", "fast");
  expect((await carol.nextTalk()).body?.body).toBe("fast");
  goOn();
  expect((await carol.nextTalk()).body?.body).toBe("slow");
  expect(await carol.indexedIds()).toHaveLength(2);
});

it("names in any script, with markup, and of every length that is allowed", async () => {
  const names = ["Müller <b>", "账户", "عمر", "👩‍👩‍👧", "a,b@c".slice(0, 3), "__proto__", "x".repeat(1_024)];
  for (const name of names) {
    const user = await ChatUser.signIn(started.ws, name);
    const messageId = await alice.talk(name, `hello <i>${name.slice(0, 20)}</i>`);
    expect((await user.nextTalk()).body).toMatchObject({ messageId, body: `hello <i>${name.slice(0, 20)}</i>` });
    const group = await user.createGroup(`<script>${name.slice(0, 20)}`);
    expect(await user.ask(commands.groupDetail, { groupId: group })).toMatchObject({
      owner: name,
      members: [{ account: name }],
    });
  }
});
