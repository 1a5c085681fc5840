import { commands } from "@im/wire";
import { expect, it, onTestFinished } from "vitest";
import { ChatUser } from "../../chat/test/support/chat-user.js";
import { startChat } from "../../chat/test/support/started-chat.js";
import { openLevelChatStore } from "../src/index.js";
import { newFolder } from "./support/new-folder.js";

it("a chat on a folder talks, catches up, and goes on after a restart", async () => {
  const folder = await newFolder();
  const open = async () => {
    const store = await openLevelChatStore({ folder });
    onTestFinished(() => store.close());
    return store;
  };
  const before = await open();
  const first = await startChat({ store: before });
  const [alice, bob] = [await ChatUser.signIn(first.ws, "alice"), await ChatUser.signIn(first.tcp, "bob")];
  await bob.index();
  const group = await alice.createGroup("friends", "bob");
  const ids = [
    await alice.talk("bob", "one", "a key"),
    await bob.talk("alice", "two"),
    await alice.talkInGroup(group, "three"),
  ];
  expect([(await bob.nextTalk()).body?.body, (await bob.nextGroupTalk()).body?.body]).toEqual(["one", "three"]);
  await bob.ack(ids[2]!);
  expect((await alice.next("chat.x.receipt")).body).toMatchObject({ account: "bob", receivedId: ids[0] });
  await bob.ask("chat.x.read", { account: "alice", messageId: ids[1]! });
  await alice.client.close();
  await bob.client.close();
  await before.close();

  const second = await startChat({ store: await open() });
  const again = await ChatUser.signIn(second.ws, "alice");
  expect(await again.talk("bob", "one", "a key")).toBe(ids[0]);
  const later = await again.talkInGroup(group, "four");
  const back = await ChatUser.signIn(second.tcp, "bob");
  expect(await back.indexedIds()).toEqual([later]);
  const { contents } = (await back.ask(commands.offlineContent, { messageIds: [later, ids[0]!] }))!;
  expect(contents.map(({ body }) => body)).toEqual(["four", "one"]);
  const said = (await back.ask("chat.x.history", { account: "alice" }))!.messages;
  expect(said.map(({ messageId, body, sender }) => [messageId, body, sender])).toEqual([
    [ids[1], "two", "bob"],
    [ids[0], "one", "alice"],
  ]);
  expect((await back.ask("chat.x.history", { groupId: group }))!.messages.map(({ body }) => body)).toEqual([
    "four",
    "three",
  ]);
  const marks = await again.ask("chat.x.marks", { account: "bob" });
  expect(marks).toEqual({ readId: 0n, receivedId: ids[1], readByPeerId: ids[1] });
  expect((await back.ask("chat.x.groups", {}))?.groups).toMatchObject([
    { groupId: group, name: "friends", owner: "alice" },
  ]);
  expect((await back.ask("chat.x.members", { groupId: group }))?.members).toMatchObject([
    { account: "alice" },
    { account: "bob" },
  ]);
  expect([...first.errors, ...second.errors]).toEqual([]);
});
