import type { ConnDriver, FrameSink } from "@im/transport-core/authoring";
import { afterEach, describe, expect, it, vi } from "vitest";
import { FramedChannel } from "../src/channel/framed-channel.js";
import { FramedConn } from "../src/conn/framed-conn.js";
import { DEADLINE_TICK_MS, DeadlineWheel } from "../src/deadline/deadline-wheel.js";
import { resolveChannelOptions, resolveConnOptions } from "../src/options.js";
import { heapInUse } from "./support/collect-garbage.js";
import { useFakeTime } from "./support/fake-time.js";
import { endOfTurn } from "./support/waiting.js";

const CROWD = 100_000;
const READ_WAIT_MS = 180_000;
const address = { host: "127.0.0.1", port: 1 };
const message = new Uint8Array(16);
const listener = { receive: () => {} };

/** The least that a driver can be: one object per connection, since memory is measured here. */
class SilentDriver implements ConnDriver {
  sink!: FrameSink;
  readonly queuedBytes = 0;
  readonly canPing = true;
  get localAddress() {
    return address;
  }
  get remoteAddress() {
    return address;
  }
  start(sink: FrameSink) {
    this.sink = sink;
  }
  pause() {}
  resume() {}
  writeFrame() {}
  flush() {
    return true;
  }
  close() {}
  destroy() {
    this.sink.end({ code: 1006, reason: "", clean: false });
  }
}

class Crowd {
  readonly deadlines = new DeadlineWheel();
  /** When each connection that ended was found, by its number. */
  readonly foundAtMs = new Map<number, number>();
  readonly #connSettings = { ...resolveConnOptions({}), deadlines: this.deadlines };
  readonly #channelSettings = resolveChannelOptions({ readWaitMs: READ_WAIT_MS });

  join(id: number): SilentDriver {
    const driver = new SilentDriver();
    const conn = new FramedConn(driver, this.#connSettings);
    const channel = new FramedChannel(`channel ${id}`, conn, this.#channelSettings);
    const found = () => this.foundAtMs.set(id, performance.now());
    void channel.readLoop(listener).then(found);
    return driver;
  }
}

/** Lets the fake clock run, and gives what the timers cost on the real one. */
async function advance(ms: number): Promise<number> {
  const before = process.hrtime.bigint();
  await vi.advanceTimersByTimeAsync(ms);
  return Number(process.hrtime.bigint() - before) / 1e6;
}

describe(`${CROWD} connections in memory, each with a read loop`, () => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  it("silent ones are all found in time, active ones never, and a frame arms no timer", {
    timeout: 60_000,
  }, async () => {
    useFakeTime();
    const crowd = new Crowd();
    const drivers = Array.from({ length: CROWD }, (_, id) => crowd.join(id));
    expect(vi.getTimerCount(), "timers of all connections").toBe(1);

    const setTimeoutSpy = vi.spyOn(globalThis, "setTimeout");
    const rounds = 6;
    let frameMs = 0;
    let sweepMs = 0;
    for (let round = 0; round < rounds; round++) {
      sweepMs += await advance(READ_WAIT_MS / rounds - 1_000);
      const timersBefore = setTimeoutSpy.mock.calls.length;
      const before = process.hrtime.bigint();
      // Only even numbers speak.
      for (let id = 0; id < CROWD; id += 2) drivers[id]!.sink.frame(2, message);
      frameMs += Number(process.hrtime.bigint() - before) / 1e6;
      expect(setTimeoutSpy.mock.calls.length - timersBefore, "timers armed by 50,000 frames").toBe(0);
    }
    expect(crowd.foundAtMs.size, "connections closed before their read wait was over").toBe(0);

    sweepMs += await advance(READ_WAIT_MS / 2);
    const found = [...crowd.foundAtMs];
    expect(found.length, "silent connections that were found").toBe(CROWD / 2);
    expect(found.filter(([id]) => id % 2 === 0).length, "active connections that were closed").toBe(0);
    const atMs = found.map(([, ms]) => ms);
    expect(Math.min(...atMs.slice(0, 1_000)), "the first found").toBeGreaterThanOrEqual(READ_WAIT_MS);
    expect(
      atMs.reduce((a, b) => Math.max(a, b)),
      "the last found",
    ).toBeLessThanOrEqual(READ_WAIT_MS + DEADLINE_TICK_MS);
    const frameNs = ((frameMs * 1e6) / (rounds * CROWD)) * 2;
    console.log(
      `${CROWD} connections: ${frameNs.toFixed(0)} ns per frame; ${sweepMs.toFixed(0)} ms of sweeps in ` +
        `${(performance.now() / 1000).toFixed(0)} s, 50,000 closings among them; ${setTimeoutSpy.mock.calls.length} timers`,
    );
    expect(setTimeoutSpy.mock.calls.length, "timers armed in 270 s, of which 2,700 ticks").toBeLessThan(2_700);
    expect(frameNs, "nanoseconds for a frame").toBeLessThan(20_000);
    expect(sweepMs, "milliseconds for all sweeps and closings").toBeLessThan(10_000);
  });

  it("a sweep that finds no late connection is cheap", { timeout: 60_000 }, async () => {
    useFakeTime();
    const crowd = new Crowd();
    const drivers: SilentDriver[] = [];
    // They join over a read wait, as on a server that has been up for a while.
    const steps = 1_000;
    for (let step = 0; step < steps; step++) {
      for (let i = 0; i < CROWD / steps; i++) drivers.push(crowd.join(drivers.length));
      vi.advanceTimersByTime((READ_WAIT_MS - 1_000) / steps);
    }
    for (const driver of drivers) driver.sink.frame(2, message);
    const seconds = 60;
    const spentMs = await advance(seconds * 1_000);
    console.log(`${CROWD} connections: ${(spentMs / seconds).toFixed(2)} ms of sweeps per second when nobody is late`);
    expect(crowd.foundAtMs.size).toBe(0);
    expect(spentMs / seconds, "milliseconds per second").toBeLessThan(50);
  });

  it("churn does not grow the memory: what has ended is released", { timeout: 60_000 }, async () => {
    const crowd = new Crowd();
    const churn = async (count: number) => {
      for (let id = 0; id < count; id++) {
        const driver = crowd.join(id);
        driver.sink.frame(2, message);
        driver.sink.end({ code: 1006, reason: "", clean: false });
      }
      await endOfTurn();
      crowd.foundAtMs.clear();
      return heapInUse();
    };
    const stayed = crowd.join(-1);
    const before = await churn(10_000);
    const after = await churn(50_000);
    const grownBytes = (after - before) / 50_000;
    console.log(`a connection that came and went leaves ${grownBytes.toFixed(1)} bytes`);
    expect(grownBytes, "bytes left by each connection that has ended").toBeLessThan(20);
    stayed.destroy();
  });

  it("says what one connection costs in memory", { timeout: 60_000 }, () => {
    const crowd = new Crowd();
    const before = heapInUse();
    const drivers = Array.from({ length: CROWD }, (_, id) => crowd.join(id));
    const perConnection = (heapInUse() - before) / CROWD;
    console.log(`${CROWD} connections: ${perConnection.toFixed(0)} bytes each, driver and channel included`);
    expect(perConnection, "bytes").toBeLessThan(4_000);
    for (const driver of drivers) driver.destroy();
  });
});
