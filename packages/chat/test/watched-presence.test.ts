import type { Session } from "@im/gateway";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { PresenceWatchers } from "../src/presence/presence-watchers.js";
import { WatchedPresence } from "../src/presence/watched-presence.js";

const CHECK_EVERY_MS = 30_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Watchers of alice and bob, who are told what `told` has, and a directory that answers when `answer` is called. */
function watch({ isHeld = false } = {}) {
  const known = new Map<string, boolean>([
    ["alice", false],
    ["bob", false],
  ]);
  const told: string[] = [];
  const watchers = {
    get watched() {
      return known.keys();
    },
    areThere: true,
    watch: () => {},
    forgetEnded: () => {},
    isWatched: (account: string) => known.has(account),
    isOnline: (account: string) => known.get(account) === true,
    became: (account: string, isOnline: boolean) => {
      if (known.get(account) === isOnline) return;
      known.set(account, isOnline);
      told.push(`${account} ${isOnline ? "online" : "offline"}`);
    },
  } as unknown as PresenceWatchers;
  const online = new Set<string>();
  const held: (() => void)[] = [];
  const state = { isAway: false };
  const directory = {
    online: vi.fn(async (accounts: readonly string[]) => {
      if (state.isAway) throw new Error("away");
      const found = new Set(accounts.filter((account) => online.has(account)));
      if (isHeld && accounts.length > 0) await new Promise<void>((resolve) => held.push(resolve));
      return found;
    }),
  };
  const errors: unknown[] = [];
  const presence = new WatchedPresence(directory, watchers, (error) => errors.push(error));
  void presence.watch({} as Session, []);
  const answer = async () => {
    held.shift()!();
    await vi.advanceTimersByTimeAsync(0);
  };
  const check = () => vi.advanceTimersByTimeAsync(CHECK_EVERY_MS);
  return { presence, online, told, directory, state, errors, answer, check };
}

it("asks the directory about what it hears, and about watched accounts only", async () => {
  const { presence, online, told, directory } = watch();
  online.add("alice");
  presence.heard("alice", true);
  presence.heard("bob", true);
  presence.heard("carol", true);
  await vi.advanceTimersByTimeAsync(0);
  expect(told).toEqual(["alice online"]);
  expect(directory.online.mock.calls.flat(2)).toEqual(["alice", "bob"]);
});

it("does not believe that an account has gone which the directory has", async () => {
  const { presence, online, told } = watch();
  online.add("alice");
  presence.heard("alice", true);
  presence.heard("alice", false);
  await vi.advanceTimersByTimeAsync(0);
  expect(told).toEqual(["alice online"]);
});

it("asks again about what it hears while the directory is asked", async () => {
  const { presence, online, told, answer } = watch({ isHeld: true });
  online.add("alice");
  presence.heard("alice", true);
  await vi.advanceTimersByTimeAsync(0);
  online.delete("alice");
  presence.heard("alice", false);
  await answer();
  expect(told).toEqual(["alice online"]);
  await answer();
  expect(told).toEqual(["alice online", "alice offline"]);
});

it("the next check tells a coming that nobody has announced", async () => {
  const { online, told, check } = watch();
  online.add("bob");
  await check();
  expect(told).toEqual(["bob online"]);
});

it("an account of a gateway that has died has gone when two checks have not found it", async () => {
  const { presence, online, told, check } = watch();
  online.add("alice");
  presence.heard("alice", true);
  await vi.advanceTimersByTimeAsync(0);
  online.delete("alice");
  await check();
  expect(told).toEqual(["alice online"]);
  await check();
  expect(told).toEqual(["alice online", "alice offline"]);
});

it("an account that only one check has not found has never gone", async () => {
  const { presence, online, told, check } = watch();
  online.add("alice");
  presence.heard("alice", true);
  await vi.advanceTimersByTimeAsync(0);
  for (let round = 0; round < 3; round++) {
    online.delete("alice");
    await check();
    online.add("alice");
    await check();
  }
  expect(told).toEqual(["alice online"]);
});

it("reports a directory that fails, and the next check tells what was missed", async () => {
  const { presence, online, told, state, errors, check } = watch();
  state.isAway = true;
  online.add("alice");
  presence.heard("alice", true);
  await vi.advanceTimersByTimeAsync(0);
  expect(errors).toMatchObject([{ message: "away" }]);
  state.isAway = false;
  await check();
  expect(told).toEqual(["alice online"]);
});

it("tells nobody after its end", async () => {
  const { presence, online, told, check, answer } = watch({ isHeld: true });
  online.add("alice");
  presence.heard("alice", true);
  await vi.advanceTimersByTimeAsync(0);
  presence.stop();
  await answer();
  await check();
  expect(told).toEqual([]);
});

it("asks no more when all watchers have ended", async () => {
  const online = vi.fn(async () => new Set<string>());
  const session = {} as Session;
  const open = new Set([session]);
  const watchers = new PresenceWatchers({ sessions: () => open, push: vi.fn() } as never);
  const presence = new WatchedPresence({ online }, watchers, () => {});
  await presence.watch(session, ["alice"]);
  await vi.advanceTimersByTimeAsync(CHECK_EVERY_MS);
  expect(online).toHaveBeenCalledTimes(2);
  open.clear();
  await vi.advanceTimersByTimeAsync(3 * CHECK_EVERY_MS);
  expect(online).toHaveBeenCalledTimes(2);
  expect(vi.getTimerCount()).toBe(0);
});
