import { describe, expect, it } from "vitest";
import { describeChatStore } from "../src/contract-suites/index.js";
import { MemoryChatStore } from "../src/memory/memory-chat-store.js";

describeChatStore({ describe, it }, "in memory", () => {
  let nowMs = Date.now();
  const elapse = (ms: number) => {
    nowMs += ms;
  };
  return { port: new MemoryChatStore({ nowMs: () => nowMs }), elapse };
});

const message = (body: string) => ({ sender: "alice", to: { account: "bob" }, type: 1, body, extra: "" });

it("forgets an idempotency key when its lifetime is over", () => {
  let nowMs = Date.now();
  const store = new MemoryChatStore({ keyLifetimeMs: 1_000, nowMs: () => nowMs });
  store.add(message("one"), "k");
  nowMs += 999;
  expect(store.add(message("two"), "k")).toMatchObject({ isRepetition: true });
  nowMs += 1;
  expect(store.add(message("three"), "k")).toMatchObject({ isRepetition: false });
});

it("keeps no more than maxMessages, the newest", () => {
  const store = new MemoryChatStore({ maxMessages: 100 });
  const added = Array.from({ length: 250 }, (_, n) => store.add(message(String(n))) as { messageId: bigint });
  const kept = store.index("bob", { afterId: 0n, limit: 1_000 });
  expect(kept.length).toBeLessThanOrEqual(100);
  expect(kept.length).toBeGreaterThanOrEqual(90);
  expect(kept.at(-1)?.messageId).toBe(added.at(-1)?.messageId);
});

it.each([{ maxMessages: 0 }, { keyLifetimeMs: -1 }])("refuses the options %o by name", (options) => {
  expect(() => new MemoryChatStore(options)).toThrow(expect.objectContaining({ code: "IM_ERR_INVALID_OPTION" }));
});
