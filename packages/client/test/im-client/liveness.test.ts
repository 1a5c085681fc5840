import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Liveness } from "../../src/im-client/liveness.js";

const options = { heartbeatMs: 25_000, heartbeatTimeoutMs: 10_000, probeTimeoutMs: 1_500 };

/** A connection whose pings stay unanswered unless a test reports activity. */
function watch(more: Partial<typeof options> = {}) {
  const watched = { queuedBytes: 0, pings: 0, ping: () => void watched.pings++ };
  const deaths: boolean[] = [];
  const liveness = new Liveness(watched, { ...options, ...more }, (wokeUp) => deaths.push(wokeUp));
  return { watched, deaths, liveness };
}
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
/** The wall clock jumps, and no timer fires for it. */
const jump = (ms: number) => void vi.setSystemTime(Date.now() + ms);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("the heartbeat", () => {
  it("pings at a steady pace, whatever is received", async () => {
    const { watched, liveness } = watch();
    for (let second = 0; second < 105; second++) {
      await pass(1_000);
      liveness.onActivity();
    }
    expect(watched.pings).toBe(4);
  });

  it("finds silence after a ping, within heartbeatMs + heartbeatTimeoutMs and a tick", async () => {
    const { deaths } = watch();
    await pass(34_000);
    expect(deaths).toEqual([]);
    await pass(2_001);
    expect(deaths).toEqual([false]);
  });

  it("counts any frame as a sign of life", async () => {
    const { deaths, liveness } = watch();
    await pass(30_000);
    liveness.onActivity();
    await pass(19_000);
    expect(deaths).toEqual([]);
  });

  it("counts a shrinking backlog as a sign of life, and a constant one as none", async () => {
    const slow = watch();
    const stuck = watch();
    slow.watched.queuedBytes = stuck.watched.queuedBytes = 100 * 1_024;
    for (let second = 0; second < 45; second++) {
      slow.watched.queuedBytes--;
      await pass(1_000);
    }
    expect(slow.deaths).toEqual([]);
    expect(stuck.deaths).toEqual([false]);
  });

  it("is not misled by a platform that takes a little at a time, whether the peer is there or not", async () => {
    const { watched, deaths } = watch();
    for (let second = 0; second < 36; second++) {
      watched.queuedBytes = second % 2 === 0 ? 1_024 : 0;
      await pass(1_000);
    }
    await pass(1);
    expect(deaths).toEqual([false]);
  });

  it("does nothing once stopped", async () => {
    const { watched, deaths, liveness } = watch();
    liveness.stop();
    await pass(100_000);
    expect([watched.pings, deaths]).toEqual([0, []]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("never pings with Infinity", async () => {
    const { watched } = watch({ heartbeatMs: Number.POSITIVE_INFINITY });
    await pass(1_000_000);
    expect(watched.pings).toBe(0);
  });
});

describe("before the verdict", () => {
  it("frames that had arrived by then are read", async () => {
    const { deaths, liveness } = watch();
    // The tick at 36 s finds the time over; a frame has come, and is read in the same turn.
    setTimeout(() => liveness.onActivity(), 36_000);
    await pass(36_700);
    expect(deaths).toEqual([]);
  });
});

describe("a probe", () => {
  it("asks at once and waits a short time; it was woken up", async () => {
    const { watched, deaths, liveness } = watch();
    liveness.probe();
    expect(watched.pings).toBe(1);
    await pass(2_250);
    expect(deaths).toEqual([true]);
  });
});

describe("a jump of the clock", () => {
  it.each([600_000, -600_000])("by %i ms asks at the next tick", async (ms) => {
    const { watched, deaths } = watch();
    await pass(5_000);
    jump(ms);
    await pass(750);
    expect(watched.pings).toBe(1);
    await pass(2_250);
    expect(deaths).toEqual([true]);
  });

  it("is no proof of silence: what waited for the sleeper is read first", async () => {
    const { deaths, liveness } = watch();
    await pass(26_000);
    jump(600_000);
    await pass(750);
    liveness.onActivity();
    await pass(20_000);
    expect(deaths).toEqual([]);
  });
});

describe("a tick that is late because the program stood still", () => {
  it("is no proof of silence either: it asks once more, and waits as long again", async () => {
    const answered = watch();
    const silent = watch();
    await pass(35_300);
    jump(1_500);
    await pass(700);
    expect([answered.watched.pings, answered.deaths, silent.deaths]).toEqual([2, [], []]);
    answered.liveness.onActivity();
    await pass(11_000);
    expect([answered.deaths, silent.deaths]).toEqual([[], [false]]);
  });
});

describe("timers that a browser lets run once a minute", () => {
  it("do not end a connection that answers", async () => {
    const { deaths, liveness, watched } = watch();
    vi.spyOn(watched, "ping").mockImplementation(() => void setTimeout(() => liveness.onActivity(), 50));
    for (let minute = 0; minute < 10; minute++) {
      jump(59_000);
      await pass(750);
    }
    expect(deaths).toEqual([]);
  });

  it("find one that does not", async () => {
    const { deaths } = watch({ probeTimeoutMs: 500 });
    for (let minute = 0; minute < 4; minute++) {
      jump(59_000);
      await pass(750);
    }
    expect(deaths).toHaveLength(1);
  });
});
