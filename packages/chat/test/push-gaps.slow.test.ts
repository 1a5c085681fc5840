import { MemorySessionDirectory } from "@im/gateway";
import { commands } from "@im/wire";
import { describe, expect, it, vi } from "vitest";
import { MemoryChatStore } from "../src/index.js";
import { ChatUser } from "./support/chat-user.js";
import { startChat } from "./support/started-chat.js";
import { storeWith } from "./support/store-with.js";

/** Longer than a busy machine may stand still; the gateway looks for lost sessions three times in it. */
const LEASE_MS = 2_000;
const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 10_000, interval: 10 });
const talks = (user: ChatUser) => [...user.unread(commands.chatUserTalk), ...user.unread(commands.chatGroupTalk)];

describe("when the directory loses the session of a receiver, who stays connected", () => {
  async function start(store = new MemoryChatStore()) {
    const directory = new MemorySessionDirectory();
    const started = await startChat({ store, gatewayOptions: { directory, leaseMs: LEASE_MS } });
    const [alice, bob] = [await ChatUser.signIn(started.ws, "alice"), await ChatUser.signIn(started.tcp, "bob")];
    const group = await alice.createGroup("all", "alice", "bob");
    await bob.index();
    const lose = () => {
      for (const session of directory.find(["bob"])) directory.leave(session);
    };
    return { ...started, alice, bob, group, lose };
  }

  it("it gets what was said meanwhile when the session is found again, as it would have got it", async () => {
    const { alice, bob, group, lose } = await start();
    const before = await alice.talk("bob", "zero");
    lose();
    const [inPrivate, inGroup] = [await alice.talk("bob", "one"), await alice.talkInGroup(group, "two")];
    expect(talks(bob).map(({ body }) => body!.messageId)).toEqual([before]);
    await eventually(() => expect(new Set(talks(bob).map(({ body }) => body!.messageId)).size).toBe(3));
    const { dest, body } = bob.unread(commands.chatUserTalk).at(-1)!;
    expect(body).toMatchObject({ messageId: inPrivate, type: 1, body: "one", sender: "alice" });
    expect(dest).toBe("bob");
    const pushedInGroup = bob.unread(commands.chatGroupTalk).at(-1)!;
    expect(pushedInGroup.body).toMatchObject({ messageId: inGroup, body: "two", sender: "alice" });
    expect(pushedInGroup.dest).toBe(group);
    await bob.ack(inGroup);
    expect(await bob.indexedIds()).toEqual([]);
  });

  it("and the store fails, what was said meanwhile stays in its index, whatever it acknowledges", async () => {
    const memory = new MemoryChatStore();
    let isDown = false;
    const store = storeWith(memory, {
      contents: async (account, messageIds) => {
        if (isDown) throw new Error("the store is down");
        return memory.contents(account, messageIds);
      },
    });
    const { alice, bob, lose, errors } = await start(store as MemoryChatStore);
    lose();
    const missed = await alice.talk("bob", "one");
    isDown = true;
    await eventually(() => expect(errors.filter(({ context }) => !context)).toHaveLength(1));
    const next = await alice.talk("bob", "two");
    await bob.ack(next);
    isDown = false;
    expect(await bob.indexedIds()).toEqual([missed, next]);
  });
});
