import { describe, expect, it, vi } from "vitest";
import {
  describeIdempotencyStore,
  describePushBus,
  describeServiceRegistry,
  describeSessionDirectory,
} from "../src/contract-suites/index.js";
import { MemoryIdempotencyStore, MemoryPushBus, MemoryServiceRegistry, MemorySessionDirectory } from "../src/index.js";

const runner = { describe, it };

/** A clock that a test moves. */
function handClock() {
  let nowMs = 0;
  return {
    nowMs: () => nowMs,
    elapse: (ms: number) => {
      nowMs += ms;
    },
  };
}

describeSessionDirectory(runner, "in memory", () => {
  const { nowMs, elapse } = handClock();
  const port = new MemorySessionDirectory(nowMs);
  return { port, elapse, empty: () => port.clear() };
});

describePushBus(runner, "in memory", () => ({ port: new MemoryPushBus(), elapse: () => {} }));

describeServiceRegistry(runner, "in memory", () => {
  vi.useFakeTimers();
  const elapse = async (ms: number) => void (await vi.advanceTimersByTimeAsync(ms));
  return { port: new MemoryServiceRegistry(), elapse, close: () => void vi.useRealTimers() };
});

describeIdempotencyStore(runner, "in memory", 10_000, () => {
  const { nowMs, elapse } = handClock();
  return { port: new MemoryIdempotencyStore({ windowMs: 10_000, nowMs }), elapse };
});

describe("MemoryIdempotencyStore", () => {
  const key = (name: number, account = "alice") => ({
    account,
    command: "a.b",
    key: String(name),
    claimId: "a run",
    lifetimeMs: 1_000,
  });
  const keep = (store: MemoryIdempotencyStore, name: number, account?: string, bodyBytes = 100) => {
    void store.claim(key(name, account));
    store.record(key(name, account), { status: 0, body: new Uint8Array(bodyBytes) });
  };
  const isKept = (store: MemoryIdempotencyStore, name: number, account?: string) => {
    const answer = store.claim(key(name, account));
    if (answer === undefined) store.release(key(name, account));
    return answer !== undefined;
  };

  it.each([
    ["answers", { maxAnswers: 3 }],
    ["bytes", { maxBytes: 499 }],
    ["answers of an account", { maxAnswersPerAccount: 3 }],
    ["bytes of an account", { maxBytesPerAccount: 499 }],
  ])("is bounded in %s: the oldest go first", (_, options) => {
    const store = new MemoryIdempotencyStore(options);
    for (let name = 0; name < 5; name++) keep(store, name);
    expect([0, 1, 2, 3, 4].filter((name) => isKept(store, name))).toEqual([2, 3, 4]);
  });

  it("counts the bytes of keys, so that empty answers are bounded too", () => {
    const store = new MemoryIdempotencyStore({ maxBytes: 499 });
    for (let name = 0; name < 50; name++) keep(store, name, "alice", 0);
    expect([isKept(store, 0), isKept(store, 49)]).toEqual([false, true]);
  });

  it("keeps the answers of one account, however many another records", () => {
    const store = new MemoryIdempotencyStore();
    keep(store, 1, "bob");
    for (let name = 0; name < 20_000; name++) keep(store, name, "mallory");
    for (let name = 0; name < 40; name++) keep(store, name, "mallory", 1_000_000);
    expect(isKept(store, 1, "bob")).toBe(true);
  });

  it("refuses limits that are none", () => {
    expect(() => new MemoryIdempotencyStore({ maxAnswers: 0 })).toThrow("maxAnswers must be a whole number above 0");
  });
});
