import { commands } from "@im/wire";
import { beforeEach, describe, expect, it } from "vitest";
import { ChatUser } from "./support/chat-user.js";
import { type StartedChat, startChat } from "./support/started-chat.js";

let started: StartedChat;
let alice: ChatUser;
let bob: ChatUser;
beforeEach(async () => {
  started = await startChat();
  [alice, bob] = [await ChatUser.signIn(started.ws, "alice"), await ChatUser.signIn(started.tcp, "bob@phone")];
});

describe("receipts", () => {
  it("the sender gets one when a device of the receiver has received, for the newest of its messages", async () => {
    await bob.index();
    const ids = [await alice.talk("bob", "one"), await alice.talk("bob", "two")];
    const newest = await (await ChatUser.signIn(started.ws, "carol")).talk("bob", "other");
    await bob.ack(newest);
    expect((await alice.next("chat.x.receipt")).body).toEqual({ account: "bob", receivedId: ids[1], readId: 0n });
    expect(await alice.ask("chat.x.marks", { account: "bob" })).toEqual({
      readId: 0n,
      receivedId: ids[1],
      readByPeerId: 0n,
    });
  });

  it("the sender gets one when the receiver has read, and the reader's other devices know it too", async () => {
    const laptop = await ChatUser.signIn(started.ws, "bob@laptop");
    const messageId = await alice.talk("bob", "one");
    await bob.ask("chat.x.read", { account: "alice", messageId });
    expect((await alice.next("chat.x.receipt")).body).toEqual({ account: "bob", receivedId: 0n, readId: messageId });
    expect((await laptop.next("chat.x.read")).body).toEqual({ account: "alice", groupId: "", messageId });
    expect((await alice.ask("chat.x.marks", { account: "bob" }))?.readByPeerId).toBe(messageId);
    expect((await laptop.ask("chat.x.marks", { account: "alice" }))?.readId).toBe(messageId);
    await bob.ask("chat.x.read", { account: "alice", messageId });
    await laptop.ask("chat.x.groups", {});
    expect([laptop.unread("chat.x.read").length, bob.unread("chat.x.read").length]).toEqual([0, 0]);
  });

  it("a read mark is of its conversation: what was said elsewhere does not move it", async () => {
    const messageId = await alice.talk("bob", "one");
    await (await ChatUser.signIn(started.ws, "carol")).talk("bob", "other");
    await bob.ask("chat.x.read", { account: "alice", messageId: (1n << 63n) - 1n });
    expect((await alice.next("chat.x.receipt")).body?.readId).toBe(messageId);
  });

  it("in a group a read mark goes to the reader's own devices only", async () => {
    const laptop = await ChatUser.signIn(started.ws, "bob@laptop");
    const group = await alice.createGroup("g", "bob");
    const messageId = await alice.talkInGroup(group, "hi");
    await bob.ask("chat.x.read", { groupId: group, messageId });
    expect((await laptop.next("chat.x.read")).body).toEqual({ account: "", groupId: group, messageId });
    expect(await bob.ask("chat.x.marks", { groupId: group })).toEqual({
      readId: messageId,
      receivedId: 0n,
      readByPeerId: 0n,
    });
    expect(alice.unread("chat.x.receipt")).toEqual([]);
  });
});

it("a page of history goes backwards, with contents", async () => {
  const ids = [];
  for (const body of ["one", "two", "three"]) ids.push(await alice.talk("bob", body));
  const newest = (await bob.ask("chat.x.history", { account: "alice", limit: 2 }))!.messages;
  expect(newest.map(({ body, sender }) => [body, sender])).toEqual([
    ["three", "alice"],
    ["two", "alice"],
  ]);
  const before = { account: "alice", limit: 2, beforeId: newest[1]!.messageId };
  const oldest = (await bob.ask("chat.x.history", before))!.messages;
  expect(oldest).toMatchObject([{ messageId: ids[0], type: 1, body: "one", extra: "", sender: "alice" }]);
  expect((await bob.ask("chat.x.history", { ...before, beforeId: ids[0]! }))!.messages).toEqual([]);
});

it("an account finds its groups, and the members of each, in pages", async () => {
  const groups = [
    await alice.createGroup("a", "bob"),
    await alice.createGroup("b"),
    await bob.createGroup("c", "alice"),
  ];
  const first = (await alice.ask("chat.x.groups", { limit: 2 }))!.groups;
  const second = (await alice.ask("chat.x.groups", { limit: 2, after: first[1]!.groupId }))!.groups;
  const found = [...first, ...second];
  expect(found.map(({ groupId }) => groupId).sort()).toEqual(groups.toSorted());
  expect(found.find(({ groupId }) => groupId === groups[2])).toMatchObject({ name: "c", owner: "bob" });
  const members = (await alice.ask("chat.x.members", { groupId: groups[0]!, limit: 1 }))!.members;
  expect(members).toMatchObject([{ account: "alice" }]);
  const rest = (await alice.ask("chat.x.members", { groupId: groups[0]!, limit: 1, after: "alice" }))!.members;
  expect(rest).toMatchObject([{ account: "bob" }]);
});

it("a client without the extension gets none of their pushes", async () => {
  const kim = await ChatUser.signIn(started.ws, "kim", false);
  await bob.index();
  const messageId = await kim.talk("bob", "one");
  await bob.ack(messageId);
  await bob.ask("chat.x.read", { account: "kim", messageId });
  // What is pushed after them arrives.
  await bob.talk("kim", "two");
  await kim.nextTalk();
  for (const command of ["chat.x.receipt", "chat.x.read", "chat.x.presence"] as const)
    expect(kim.unread(command)).toEqual([]);
});

describe("presence of named accounts", () => {
  const states = (...pairs: [string, number][]) => pairs.map(([account, isOnline]) => ({ account, isOnline }));

  it("says who is online", async () => {
    const answer = await alice.ask("chat.x.presence", { accounts: ["bob", "nobody", "bob"] });
    expect(answer?.states).toEqual(states(["bob", 1], ["nobody", 0]));
  });

  it("pushes comings and goings to a session that watches, and to no other", async () => {
    await alice.ask("chat.x.presence", { accounts: ["carol"], watch: 1 });
    await bob.ask("chat.x.presence", { accounts: ["carol"] });
    const carol = await ChatUser.signIn(started.ws, "carol");
    expect((await alice.next("chat.x.presence")).body?.states).toEqual(states(["carol", 1]));
    await carol.client.request(commands.loginSignOut);
    expect((await alice.next("chat.x.presence")).body?.states).toEqual(states(["carol", 0]));
    await alice.ask("chat.x.presence", { accounts: [], watch: 1 });
    await ChatUser.signIn(started.ws, "carol");
    await Promise.all([alice, bob].map((user) => user.ask("chat.x.groups", {})));
    expect([...alice.unread("chat.x.presence"), ...bob.unread("chat.x.presence")]).toEqual([]);
  });

  it("does not name an account that the rules hide", async () => {
    const { ws } = await startChat({ rules: { mayWatch: (_, account) => account !== "hidden" } });
    const [carol] = [
      await ChatUser.signIn(ws, "carol"),
      await ChatUser.signIn(ws, "hidden"),
      await ChatUser.signIn(ws, "dave"),
    ];
    const answer = await carol!.ask("chat.x.presence", { accounts: ["hidden", "dave"], watch: 1 });
    expect(answer?.states).toEqual(states(["dave", 1]));
  });
});
