import { commands } from "@im/wire";
import { expect, it, vi } from "vitest";
import { ChatUser } from "./support/chat-user.js";
import { type StartedChat, startChat } from "./support/started-chat.js";

const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 10_000, interval: 10 });

function eventsOf({ chat }: StartedChat): string[] {
  const events: string[] = [];
  for (const event of ["online", "offline"] as const)
    chat.presence.on(event, (account) => events.push(`${account} ${event}`));
  return events;
}

it("an account that comes back within the grace was never offline", async () => {
  const started = await startChat({ presenceGraceMs: 60_000 });
  const events = eventsOf(started);
  const first = await ChatUser.signIn(started.ws, "alice");
  await first.client.close();
  await eventually(() => expect([...started.sessions()]).toEqual([]));
  expect(await started.chat.presence.online(["alice", "bob"])).toEqual(new Set(["alice"]));
  await ChatUser.signIn(started.ws, "alice");
  await ChatUser.signIn(started.ws, "bob");
  expect(events).toEqual(["alice online", "bob online"]);
});

it("an account that stays away is offline after the grace", async () => {
  const started = await startChat({ presenceGraceMs: 50 });
  const events = eventsOf(started);
  await (await ChatUser.signIn(started.ws, "alice")).client.close();
  await eventually(() => expect(events).toEqual(["alice online", "alice offline"]));
  expect(await started.chat.presence.online(["alice"])).toEqual(new Set());
  await ChatUser.signIn(started.ws, "alice");
  expect(events).toEqual(["alice online", "alice offline", "alice online"]);
});

it("an account is offline at once after a sign-out, and after a kick-out", async () => {
  const started = await startChat({ presenceGraceMs: 60_000 });
  const events = eventsOf(started);
  await (await ChatUser.signIn(started.ws, "alice")).client.request(commands.loginSignOut);
  expect(events).toEqual(["alice online", "alice offline"]);
  await ChatUser.signIn(started.ws, "bob");
  await started.kick("bob");
  await eventually(() => expect(events.slice(2)).toEqual(["bob online", "bob offline"]));
});

it("a listener that throws is reported, and others are called", async () => {
  const started = await startChat();
  started.chat.presence.on("online", () => {
    throw new Error("a bug of the application");
  });
  const events = eventsOf(started);
  await ChatUser.signIn(started.ws, "alice");
  expect(events).toEqual(["alice online"]);
  expect(started.errors).toMatchObject([{ error: { message: "a bug of the application" } }]);
});

it("closing the chat ends its presence", async () => {
  const started = await startChat({ presenceGraceMs: 10 });
  const events = eventsOf(started);
  const alice = await ChatUser.signIn(started.ws, "alice");
  started.chat.close();
  await alice.client.close();
  await eventually(() => expect([...started.sessions()]).toEqual([]));
  await ChatUser.signIn(started.ws, "bob");
  expect(events).toEqual(["alice online"]);
});
