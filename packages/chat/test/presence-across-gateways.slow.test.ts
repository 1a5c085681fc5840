import { MemoryPushBus, MemorySessionDirectory } from "@im/gateway";
import { commands } from "@im/wire";
import { expect, it, vi } from "vitest";
import { MemoryChatStore } from "../src/index.js";
import { ChatUser } from "./support/chat-user.js";
import { type StartedChat, startChat } from "./support/started-chat.js";

async function startThree(presenceGraceMs = 300) {
  const gatewayOptions = { directory: new MemorySessionDirectory(), bus: new MemoryPushBus() };
  const store = new MemoryChatStore();
  const start = () => startChat({ store, gatewayOptions, presenceGraceMs });
  return [await start(), await start(), await start()] as const;
}

/** A user at each gateway who watches accounts. */
async function watchersAt(chats: readonly StartedChat[], ...accounts: string[]): Promise<readonly ChatUser[]> {
  const watchers = await Promise.all(chats.map(({ tcp }, index) => ChatUser.signIn(tcp, `watcher ${index}`)));
  for (const watcher of watchers) await watcher.ask("chat.x.presence", { accounts, watch: 1 });
  return watchers;
}

/** The next that each of them is told. */
async function allAreTold(watchers: readonly ChatUser[], account: string, isOnline: number): Promise<void> {
  for (const watcher of watchers)
    expect((await watcher.next("chat.x.presence")).body?.states).toEqual([{ account, isOnline }]);
}

/** They were told nothing that the test has not taken. */
function expectNothingMore(watchers: readonly ChatUser[]): void {
  for (const watcher of watchers) expect(watcher.unread("chat.x.presence")).toEqual([]);
}

it("watchers at every gateway are told once that an account has come, and once that it has gone", async () => {
  const chats = await startThree();
  const watchers = await watchersAt(chats, "alice");
  const alice = await ChatUser.signIn(chats[0].ws, "alice");
  await allAreTold(watchers, "alice", 1);
  await alice.client.close();
  await allAreTold(watchers, "alice", 0);
  await ChatUser.signIn(chats[1].ws, "alice");
  await allAreTold(watchers, "alice", 1);
  expectNothingMore(watchers);
});

it("an account that moves to another gateway within the grace neither goes nor comes", async () => {
  const chats = await startThree(2_000);
  const watchers = await watchersAt(chats, "alice", "marker");
  const alice = await ChatUser.signIn(chats[0].ws, "alice");
  await allAreTold(watchers, "alice", 1);
  const marker = await ChatUser.signIn(chats[0].ws, "marker");
  await allAreTold(watchers, "marker", 1);
  await alice.client.close();
  await ChatUser.signIn(chats[1].ws, "alice");
  // The grace of alice is over before this one.
  await marker.client.close();
  await allAreTold(watchers, "marker", 0);
  expectNothingMore(watchers);
});

it("in the grace of another gateway, an account is online for those who have been told so", async () => {
  const chats = await startThree(60_000);
  const watchers = await watchersAt(chats, "alice");
  const alice = await ChatUser.signIn(chats[0].ws, "alice");
  await allAreTold(watchers, "alice", 1);
  await alice.client.close();
  const atFirst = () => [...chats[0].sessions()].map(({ account }) => account);
  await vi.waitFor(() => expect(atFirst()).not.toContain("alice"), 8_000);
  const answer = await watchers[2]!.ask("chat.x.presence", { accounts: ["alice"], watch: 1 });
  expect(answer?.states).toEqual([{ account: "alice", isOnline: 1 }]);
});

it("an account on two gateways has gone when its last device has", async () => {
  const chats = await startThree();
  const watchers = await watchersAt(chats, "alice");
  const phone = await ChatUser.signIn(chats[0].ws, "alice@phone");
  const laptop = await ChatUser.signIn(chats[1].tcp, "alice@laptop");
  await allAreTold(watchers, "alice", 1);
  await phone.client.request(commands.loginSignOut);
  await laptop.client.request(commands.loginSignOut);
  await allAreTold(watchers, "alice", 0);
  expectNothingMore(watchers);
});

it("a session that watches anew is answered, and those that watched before are not told again", async () => {
  const chats = await startThree();
  const [here] = await watchersAt([chats[0]], "alice");
  await ChatUser.signIn(chats[1].ws, "alice");
  await allAreTold([here!], "alice", 1);
  const next = await ChatUser.signIn(chats[0].ws, "next");
  const answer = await next.ask("chat.x.presence", { accounts: ["alice"], watch: 1 });
  expect(answer?.states).toEqual([{ account: "alice", isOnline: 1 }]);
  await Promise.all([here!, next].map((user) => user.ask("chat.x.groups", {})));
  expectNothingMore([here!, next]);
});
