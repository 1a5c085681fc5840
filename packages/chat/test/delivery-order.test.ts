import { MemorySessionDirectory } from "@im/gateway";
import { commands, Status } from "@im/wire";
import { describe, expect, it, vi } from "vitest";
import { directoryWith } from "../../gateway/test/support/directory-with.js";
import { randomOf, someTurns } from "../../gateway/test/support/shuffled-directory.js";
import { MemoryChatStore } from "../src/index.js";
import { ChatUser } from "./support/chat-user.js";
import { startChat } from "./support/started-chat.js";
import { storeWith } from "./support/store-with.js";

const talks = (user: ChatUser) =>
  [...user.unread(commands.chatUserTalk), ...user.unread(commands.chatGroupTalk)].map(({ body }) => body!.messageId);
const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 10_000, interval: 10 });

/** A directory that answers after a random while. */
function slowDirectory(seed: number) {
  const memory = new MemorySessionDirectory();
  const random = randomOf(seed);
  return directoryWith(memory, {
    find: async (accounts) => {
      await someTurns(random);
      return memory.find(accounts);
    },
  });
}

it.each([1, 2, 3])(
  "pushes to one receiver leave in the order of their ids, across conversations, with a directory that is slow (seed %i)",
  async (seed) => {
    const { ws } = await startChat({ gatewayOptions: { directory: slowDirectory(seed), leaseMs: 60_000 } });
    const receiver = await ChatUser.signIn(ws, "receiver");
    const order: bigint[] = [];
    for (const command of [commands.chatUserTalk, commands.chatGroupTalk]) {
      receiver.client.on(command, ({ body }) => void order.push(body!.messageId));
    }
    const senders = await Promise.all(Array.from({ length: 8 }, (_, n) => ChatUser.signIn(ws, `sender ${n}`)));
    const group = await senders[0]!.createGroup("all", "receiver", ...senders.map((_, n) => `sender ${n}`));
    const sending = senders.flatMap((sender, n) =>
      Array.from({ length: 20 }, (_, m) =>
        (n + m) % 3 === 0 ? sender.talkInGroup(group, "hi") : sender.talk("receiver", "hi"),
      ),
    );
    const ids = (await Promise.all(sending)).sort((a, b) => (a < b ? -1 : 1));
    await eventually(() => expect(order).toHaveLength(ids.length));
    expect(order).toEqual(ids);
  },
);

describe("when the directory takes its time", () => {
  /** A directory that finds accounts when `answers` says so. */
  async function startWaiting() {
    const memory = new MemorySessionDirectory();
    const answers: ((error?: Error) => void)[] = [];
    const directory = directoryWith(memory, {
      find: async (accounts) => {
        const error = await new Promise<Error | undefined>((resolve) => answers.push(resolve));
        if (error) throw error;
        return memory.find(accounts);
      },
    });
    const { ws } = await startChat({ gatewayOptions: { directory, leaseMs: 60_000 } });
    const [alice, bob, carol] = await Promise.all(["alice", "bob", "carol"].map((name) => ChatUser.signIn(ws, name)));
    return { answers, alice: alice!, bob: bob!, carol: carol! };
  }

  it("a talk is answered when its push has left, so that its sender repeats what was not pushed", async () => {
    const { answers, alice, bob } = await startWaiting();
    const answered = vi.fn();
    const talk = alice.talk("bob", "hi").finally(answered);
    await eventually(() => expect(answers).toHaveLength(1));
    expect(await bob.indexedIds()).toHaveLength(1);
    expect(answered).not.toHaveBeenCalled();
    answers[0]!();
    const id = await talk;
    await eventually(() => expect(talks(bob)).toEqual([id]));
  });

  it("talks do not wait for a push that must be tried again, nor those behind it", async () => {
    const { answers, alice, bob, carol } = await startWaiting();
    const sent = [alice.talk("bob", "one"), carol.talk("bob", "two")];
    await eventually(async () => expect(await bob.indexedIds()).toHaveLength(2));
    expect(answers).toHaveLength(1);
    answers[0]!(new Error("the directory is down"));
    await Promise.all([...sent, alice.talk("bob", "three")]);
  });
});

describe("when the directory fails", () => {
  /** A directory that fails for as long as `isDown`. */
  async function startFailing(options = {}) {
    const memory = new MemorySessionDirectory();
    const state = { isDown: false, finds: 0 };
    const directory = directoryWith(memory, {
      find: async (accounts) => {
        state.finds++;
        if (state.isDown) throw new Error("the directory is down");
        return memory.find(accounts);
      },
    });
    const started = await startChat({ gatewayOptions: { directory, leaseMs: 60_000 }, ...options });
    return { ...started, state };
  }

  it("messages are stored and answered, and pushed in order once it is back", async () => {
    const { ws, state } = await startFailing();
    const [alice, bob] = [await ChatUser.signIn(ws, "alice"), await ChatUser.signIn(ws, "bob")];
    state.isDown = true;
    const ids = [await alice.talk("bob", "one"), await alice.talk("bob", "two")];
    expect(talks(bob)).toEqual([]);
    state.isDown = false;
    await eventually(() => expect(talks(bob)).toEqual(ids));
  });

  it("an acknowledgement does not go past a message that is still on its way", async () => {
    const { ws, store, state } = await startFailing();
    const [alice, bob] = [await ChatUser.signIn(ws, "alice"), await ChatUser.signIn(ws, "bob")];
    const first = await alice.talk("bob", "one");
    await bob.index();
    state.isDown = true;
    const second = await alice.talk("bob", "two");
    await bob.ack(second);
    expect((await store.position("bob", "default"))?.messageId).toBeLessThan(second);
    expect((await store.position("bob", "default"))?.messageId).toBeGreaterThanOrEqual(first);
    state.isDown = false;
    await eventually(() => expect(talks(bob)).toEqual([first, second]));
    await bob.ack(second);
    expect((await store.position("bob", "default"))?.messageId).toBe(second);
  });

  it("no more than maxPendingPushes messages wait: others are refused, and not stored", async () => {
    const { ws, state } = await startFailing({ maxPendingPushes: 2 });
    const [alice, bob] = [await ChatUser.signIn(ws, "alice"), await ChatUser.signIn(ws, "bob")];
    state.isDown = true;
    const ids = [await alice.talk("bob", "one"), await alice.talk("carol", "two")];
    expect(await bob.refusal(commands.chatUserTalk, { type: 1, body: "three" }, "alice")).toEqual([
      Status.SystemException,
      "too many messages: try again later",
    ]);
    expect(await alice.indexedIds()).toEqual(ids);
    state.isDown = false;
    await eventually(() => expect(talks(bob)).toHaveLength(1));
    ids.push(await bob.talk("alice", "three"));
    expect(await alice.indexedIds()).toEqual(ids);
  });

  it("it gives up after pushRetryMs and reports it; the receiver finds the message in its index", async () => {
    const { ws, state, errors } = await startFailing({ pushRetryMs: 100 });
    const [alice, bob] = [await ChatUser.signIn(ws, "alice"), await ChatUser.signIn(ws, "bob")];
    state.isDown = true;
    await bob.index();
    const missed = await alice.talk("bob", "one");
    await eventually(() => expect(errors.filter(({ context }) => !context)).toHaveLength(1));
    state.isDown = false;
    const next = await alice.talk("bob", "two");
    await eventually(() => expect(talks(bob)).toEqual([next]));
    // What the device has not got is not behind its position.
    await bob.ack(next);
    await bob.client.close();
    expect(await (await ChatUser.signIn(ws, "bob")).indexedIds()).toEqual([missed, next]);
  });
});

it("a member who joins while a message is being stored gets it or has nothing of it to miss", async () => {
  const memory = new MemoryChatStore();
  const store = storeWith(memory, {
    add: async (message, key) => {
      await new Promise((resolve) => setImmediate(resolve));
      return memory.add(message, key);
    },
  });
  const { ws } = await startChat({ store });
  const alice = await ChatUser.signIn(ws, "alice");
  const group = await alice.createGroup("g");
  const joiners = await Promise.all(Array.from({ length: 20 }, (_, n) => ChatUser.signIn(ws, `joiner ${n}`)));
  const sending = Array.from({ length: 20 }, () => alice.talkInGroup(group, "hi"));
  for (const joiner of joiners) await joiner.ask(commands.groupJoin, { groupId: group });
  await Promise.all(sending);
  await alice.talkInGroup(group, "the last");
  for (const joiner of joiners) {
    const visible = await joiner.indexedIds();
    await eventually(() => expect(talks(joiner)).toEqual(visible));
  }
});
