import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DEADLINE_TICK_MS, type Deadlined, DeadlineWheel } from "../src/deadline/deadline-wheel.js";
import { TURN_MS, useFakeTime } from "./support/fake-time.js";

/** Knows when it was found, and may move its deadline as frames do: without telling. */
class Entry implements Deadlined {
  slot: Deadlined["slot"] = undefined;
  readonly foundAtMs: number[] = [];
  looks = 0;
  deadlineMs: number;

  constructor(deadlineMs: number) {
    this.deadlineMs = deadlineMs;
  }

  nextDeadlineMs(): number {
    this.looks++;
    return this.deadlineMs;
  }

  expire(nowMs: number): void {
    this.foundAtMs.push(nowMs);
    this.deadlineMs = Number.POSITIVE_INFINITY;
  }
}

describe("deadline wheel", () => {
  let wheel: DeadlineWheel;
  beforeEach(() => {
    useFakeTime();
    wheel = new DeadlineWheel();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function schedule(deadlineMs: number): Entry {
    const entry = new Entry(deadlineMs);
    wheel.schedule(entry);
    return entry;
  }

  it.each([1, 99, 100, 101, 150, 12_345, 180_000])(
    "finds a deadline in %d ms: never early, at most a tick late",
    (inMs) => {
      vi.advanceTimersByTime(37);
      const entry = schedule(performance.now() + inMs);
      const deadlineMs = entry.deadlineMs;
      vi.advanceTimersByTime(inMs + DEADLINE_TICK_MS + TURN_MS);
      expect(entry.foundAtMs).toHaveLength(1);
      expect(entry.foundAtMs[0]).toBeGreaterThanOrEqual(deadlineMs);
      expect(entry.foundAtMs[0]).toBeLessThanOrEqual(deadlineMs + DEADLINE_TICK_MS);
    },
  );

  it("finds a deadline that has passed already", () => {
    vi.advanceTimersByTime(1_000);
    const entry = schedule(500);
    vi.advanceTimersByTime(DEADLINE_TICK_MS);
    expect(entry.foundAtMs).toHaveLength(1);
  });

  it("has one timer for any number of entries", () => {
    for (let i = 0; i < 10_000; i++) schedule(1_000 + (i % 777));
    expect(vi.getTimerCount()).toBe(1);
  });

  it("has no timer when nothing is due, ever", () => {
    schedule(Number.POSITIVE_INFINITY);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("has no timer once the last entry is removed, or was found", () => {
    const entry = schedule(1_000);
    wheel.remove(entry);
    expect(vi.getTimerCount()).toBe(0);
    schedule(1_000);
    vi.advanceTimersByTime(1_100);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("works again after it was empty", () => {
    wheel.remove(schedule(1_000));
    const entry = schedule(2_000);
    vi.advanceTimersByTime(2_000 + TURN_MS);
    expect(entry.foundAtMs).toHaveLength(1);
  });

  it("does not find what was removed; removing twice is harmless", () => {
    const entry = schedule(1_000);
    const other = schedule(1_000);
    wheel.remove(entry);
    wheel.remove(entry);
    vi.advanceTimersByTime(2_000);
    expect([entry.foundAtMs.length, other.foundAtMs.length]).toEqual([0, 1]);
  });

  it("follows a deadline that moves back without being told, with one look per wait", () => {
    const entry = schedule(1_000);
    for (let t = 0; t < 10_000; t += 10) {
      vi.advanceTimersByTime(10);
      entry.deadlineMs = performance.now() + 1_000;
    }
    expect(entry.foundAtMs).toEqual([]);
    expect(entry.looks).toBeLessThan(40);
    vi.advanceTimersByTime(1_000 + DEADLINE_TICK_MS);
    expect(entry.foundAtMs).toHaveLength(1);
  });

  it.each([1_000, 1_001, 1_050, 1_099])(
    "looks at an entry that is due in %d ms when it is due, not over and over before",
    (inMs) => {
      const entry = schedule(inMs);
      vi.advanceTimersByTime(1_000 + DEADLINE_TICK_MS + TURN_MS);
      expect(entry.foundAtMs).toHaveLength(1);
      expect(entry.looks, "looks: as it is scheduled, found, and asked for its next deadline").toBeLessThanOrEqual(3);
    },
  );

  it("finds a deadline that moved forward, once it is scheduled", () => {
    const entry = schedule(60_000);
    entry.deadlineMs = 500;
    wheel.schedule(entry);
    vi.advanceTimersByTime(500 + TURN_MS);
    expect(entry.foundAtMs).toEqual([500]);
  });

  it("finds an earlier deadline that is scheduled while a later one waits", () => {
    schedule(60_000);
    const earlier = schedule(300);
    vi.advanceTimersByTime(300 + TURN_MS);
    expect(earlier.foundAtMs).toEqual([300]);
  });

  it("finds an entry again that gets a new deadline as it expires", () => {
    const entry = new Entry(200);
    entry.expire = (nowMs) => {
      entry.foundAtMs.push(nowMs);
      entry.deadlineMs = nowMs + 200;
    };
    wheel.schedule(entry);
    vi.advanceTimersByTime(1_000 + TURN_MS);
    expect(entry.foundAtMs).toEqual([200, 400, 600, 800, 1_000]);
  });

  it("an entry that expires may remove another of the same tick", () => {
    const first = schedule(500);
    const second = schedule(500);
    first.expire = () => {
      first.deadlineMs = Number.POSITIVE_INFINITY;
      wheel.remove(second);
    };
    vi.advanceTimersByTime(1_000);
    expect(second.foundAtMs).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("a deadline beyond the longest timer of the platform is waited for in steps", () => {
    const days30 = 30 * 24 * 3600 * 1000;
    const entry = schedule(days30);
    vi.advanceTimersByTime(days30 - 1);
    expect(entry.foundAtMs).toEqual([]);
    vi.advanceTimersByTime(1 + TURN_MS);
    expect(entry.foundAtMs).toEqual([days30]);
  });
});

describe("deadline wheel after the process stood still", () => {
  let wheel: DeadlineWheel;
  beforeEach(() => {
    useFakeTime();
    wheel = new DeadlineWheel();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** The clock goes on, and no timer runs. */
  function standStill(ms: number): void {
    const now = performance.now();
    vi.spyOn(performance, "now").mockImplementation(() => now + ms);
    vi.advanceTimersToNextTimer();
    vi.mocked(performance.now).mockRestore();
  }

  function schedule(deadlineMs: number): Entry {
    const entry = new Entry(deadlineMs);
    wheel.schedule(entry);
    return entry;
  }

  it("what comes in the turn in which a deadline is due counts, even if the sweep is on time", () => {
    const entry = schedule(1_000);
    setTimeout(() => setImmediate(() => (entry.deadlineMs = 2_000)), 999);
    vi.advanceTimersByTime(1_500);
    expect(entry.foundAtMs).toEqual([]);
    vi.advanceTimersByTime(500 + TURN_MS);
    expect(entry.foundAtMs).toEqual([2_000]);
  });

  it("a sweep that comes late leaves a second for what the others began to say", () => {
    const silent = schedule(1_000);
    const slow = schedule(1_000);
    standStill(3_000);
    vi.advanceTimersByTime(900);
    expect([silent.foundAtMs, slow.foundAtMs], "in the second").toEqual([[], []]);
    slow.deadlineMs = 60_000;
    vi.advanceTimersByTime(200);
    expect([silent.foundAtMs.length, slow.foundAtMs.length], "after it").toEqual([1, 0]);
  });

  it("what is scheduled and removed during that second changes nothing for the others", () => {
    const silent = schedule(1_000);
    standStill(3_000);
    vi.advanceTimersByTime(500);
    const overdue = schedule(200);
    wheel.remove(schedule(300));
    vi.advanceTimersByTime(400);
    expect([silent.foundAtMs, overdue.foundAtMs]).toEqual([[], []]);
    vi.advanceTimersByTime(200);
    expect([silent.foundAtMs.length, overdue.foundAtMs.length]).toEqual([1, 1]);
  });

  it("has no timer when all are removed during that second", () => {
    const entry = schedule(1_000);
    standStill(3_000);
    wheel.remove(entry);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("a process that stands still again and again finds silent connections all the same", () => {
    const silent = schedule(1_000);
    for (let i = 0; i < 5; i++) {
      standStill(3_000);
      vi.advanceTimersByTime(0);
    }
    vi.advanceTimersByTime(TURN_MS);
    expect(silent.foundAtMs).toHaveLength(1);
  });

  it("never asks the platform for a timer in the past", () => {
    const delays: number[] = [];
    const { setTimeout: start } = globalThis;
    vi.spyOn(globalThis, "setTimeout").mockImplementation(((task: () => void, ms: number) => {
      delays.push(ms);
      return start(task, ms);
    }) as never);
    vi.advanceTimersByTime(5_000);
    const entry = schedule(1_000);
    vi.advanceTimersByTime(100);
    vi.mocked(setTimeout).mockRestore();
    expect(entry.foundAtMs).toHaveLength(1);
    expect(delays.length).toBeGreaterThan(0);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
  });
});

describe("deadline wheel on the real clock", () => {
  it("is not early, and keeps no process alive", async () => {
    const wheel = new DeadlineWheel();
    const entry = new Entry(performance.now() + 120);
    const { deadlineMs } = entry;
    const found = new Promise<number>((resolve) => {
      entry.expire = () => {
        entry.deadlineMs = Number.POSITIVE_INFINITY;
        resolve(performance.now());
      };
    });
    const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
    const before = timers();
    wheel.schedule(entry);
    expect(timers(), "a timer that keeps the process alive").toBe(before);
    const atMs = await found;
    expect(atMs).toBeGreaterThanOrEqual(deadlineMs);
    expect(atMs - deadlineMs, "half a second is for slow machines").toBeLessThan(DEADLINE_TICK_MS + 500);
  });
});
