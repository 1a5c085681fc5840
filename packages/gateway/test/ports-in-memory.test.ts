import { describe, expect, it } from "vitest";
import { describeIdempotencyStore, describePushBus, describeSessionDirectory } from "../src/contract-suites/index.js";
import { MemoryIdempotencyStore, MemoryPushBus, MemorySessionDirectory } from "../src/index.js";

const runner = { describe, it };

/** A clock that goes when it is told to. */
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
  return { port: new MemorySessionDirectory(nowMs), elapse };
});

describePushBus(runner, "in memory", () => ({ port: new MemoryPushBus(), elapse: () => {} }));

describeIdempotencyStore(runner, "in memory", 1_000, () => {
  const { nowMs, elapse } = handClock();
  return { port: new MemoryIdempotencyStore({ windowMs: 1_000, nowMs }), elapse };
});

describe("MemoryIdempotencyStore", () => {
  const key = (name: number) => ({ account: "alice", command: "a.b", key: String(name) });

  it.each([
    ["answers", { maxAnswers: 3 }],
    ["bytes", { maxBytes: 3 }],
  ])("is bounded in %s: the oldest go first", (_, options) => {
    const store = new MemoryIdempotencyStore(options);
    for (let name = 0; name < 5; name++) {
      void store.claim(key(name));
      store.record(key(name), { status: 0, body: Uint8Array.of(name) });
    }
    const kept = [0, 1, 2, 3, 4].filter((name) => store.claim(key(name)) !== undefined);
    expect(kept).toEqual([2, 3, 4]);
  });

  it("refuses limits that are none", () => {
    expect(() => new MemoryIdempotencyStore({ maxAnswers: 0 })).toThrow("maxAnswers must be a whole number above 0");
  });
});
