import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { watchPage } from "../../src/im-client/wake-ups.js";

/** As a browser's window and its document. */
class Page extends EventTarget {
  readonly document = Object.assign(new EventTarget(), { visibilityState: "visible" });
}

function watch() {
  const page = new Page();
  const calls = { count: 0, left: 0 };
  const stop = watchPage({ wokeUp: () => void calls.count++, left: () => void calls.left++ }, page);
  return { page, calls, stop };
}

it.each(["online", "pageshow"])("a page's %s calls back", (type) => {
  const { page, calls } = watch();
  page.dispatchEvent(new Event(type));
  expect(calls.count).toBe(1);
});

it("a page that becomes visible calls back, and one that is hidden does not", () => {
  const { page, calls } = watch();
  page.document.dispatchEvent(new Event("visibilitychange"));
  page.document.visibilityState = "hidden";
  page.document.dispatchEvent(new Event("visibilitychange"));
  expect(calls.count).toBe(1);
});

it("a page that goes on after it was frozen calls back", () => {
  const { page, calls } = watch();
  page.document.dispatchEvent(new Event("resume"));
  expect(calls).toEqual({ count: 1, left: 0 });
});

it("a page that is left says so, and does not call back for that", () => {
  const { page, calls } = watch();
  page.dispatchEvent(new Event("pagehide"));
  expect(calls).toEqual({ count: 0, left: 1 });
});

it("nothing calls back once the watch is stopped", () => {
  const { page, calls, stop } = watch();
  stop();
  for (const type of ["online", "pageshow", "pagehide"]) page.dispatchEvent(new Event(type));
  page.document.dispatchEvent(new Event("visibilitychange"));
  expect(calls).toEqual({ count: 0, left: 0 });
});

describe("the clock", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each([
    ["a machine that slept", () => vi.setSystemTime(Date.now() + 600_000), 1],
    ["nothing while it runs as it should", () => {}, 0],
    ["nothing when it is set back", () => vi.setSystemTime(Date.now() - 600_000), 0],
  ])("reports %s", async (_, happens, count) => {
    const { calls, stop } = watch();
    await vi.advanceTimersByTimeAsync(5_000);
    happens();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(calls.count).toBe(count);
    stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("reports nothing when the program stood still, since then both clocks went on", async () => {
    const { calls, stop } = watch();
    const now = performance.now.bind(performance);
    vi.spyOn(performance, "now").mockImplementation(() => now() + 60_000);
    vi.setSystemTime(Date.now() + 60_000);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(calls.count).toBe(0);
    stop();
  });
});

it("Node, which has no such events, is left alone", () => {
  expect(() => watchPage({ wokeUp() {}, left() {} }, {})()).not.toThrow();
});
