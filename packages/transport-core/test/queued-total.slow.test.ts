import { type CloseInfo, OpCode, type OverflowPolicy } from "@im/transport-core";
import { describe, expect, it } from "vitest";
import { QueuedTotal } from "../src/limits/queued-total.js";
import { openConn } from "./support/conns.js";
import { encoded } from "./support/fake-driver.js";
import { codeOf } from "./support/waiting.js";

const KiB = 1024;
const BOUND = 100 * KiB;

/** Connections of one server whose queues together may hold 100 KiB. */
function crowd(overflowPolicy: OverflowPolicy, size: number, maxBytes = BOUND) {
  const total = new QueuedTotal(maxBytes);
  const dropped: string[] = [];
  const members = Array.from({ length: size }, (_, number) => {
    const endsAfterDestroy = number % 2 === 0 ? "soon" : "at once";
    const member = openConn({ overflowPolicy, queuedTotal: total }, { encodes: true, endsAfterDestroy });
    const { conn, driver } = member;
    conn.observer = {
      sent() {},
      blocked() {},
      written() {},
      dropped: (why, bytes) => dropped.push(`${number}: ${why} ${bytes}`),
    };
    /** The system takes nothing, and one byte waits for it. */
    const block = () => {
      driver.isBlocked = true;
      conn.writeFrame(OpCode.Binary, new Uint8Array(1));
      conn.flush();
    };
    const push = (bytes: number | Uint8Array) => {
      const payload = typeof bytes === "number" ? new Uint8Array(bytes) : bytes;
      return conn.writeFrame(OpCode.Binary, payload);
    };
    return { ...member, block, push };
  });
  const sizes = (number: number) => members[number]!.driver.writes.flat().map(({ payload }) => payload.length);
  return { total, members, dropped, sizes };
}

function sendToAll(members: ReturnType<typeof crowd>["members"], payload: Uint8Array): void {
  const frame = encoded(OpCode.Binary, payload);
  for (const { conn } of members) conn.writeFrame(OpCode.Binary, payload, frame);
}

describe("what counts in the total of all queues", () => {
  it("is what the system did not take, and no burst", () => {
    const { total, members } = crowd("close", 2);
    const [one] = members;
    one!.push(80 * KiB);
    expect(total.bytes, "before the flush").toBe(0);
    one!.conn.flush();
    expect(total.bytes, "taken").toBe(0);
    one!.driver.isBlocked = true;
    one!.push(80 * KiB);
    one!.conn.flush();
    expect(total.bytes, "not taken").toBe(80 * KiB);
    one!.push(100);
    expect(total.bytes, "behind it").toBe(80 * KiB + 100);
    one!.driver.drain();
    expect(total.bytes, "drained").toBe(0);
  });

  it("is nothing of a burst above the bound which the system takes", () => {
    for (const policy of ["close", "drop-newest", "drop-oldest"] as const) {
      const { members, sizes, dropped } = crowd(policy, 3);
      for (let i = 0; i < 20; i++) for (const { push } of members) push(10 * KiB);
      for (const { conn } of members) conn.flush();
      expect(members.map((_, number) => sizes(number).length)).toEqual([20, 20, 20]);
      expect(dropped).toEqual([]);
    }
  });

  it("is once what many are sent alike: a frame for all, and one payload that is pushed to each", () => {
    for (const policy of ["close", "drop-oldest"] as const) {
      const { total, members } = crowd(policy, 50);
      for (const { block } of members) block();
      sendToAll(members, new Uint8Array(20 * KiB));
      const payload = new Uint8Array(30 * KiB);
      for (const { push } of members) push(payload);
      for (const { conn } of members) conn.flush();
      expect(total.bytes, policy).toBeGreaterThanOrEqual(50 * KiB);
      expect(total.bytes, policy).toBeLessThan(52 * KiB + 100 * 300);
      for (const { driver } of members.slice(1)) driver.drain();
      expect(total.bytes, policy).toBeGreaterThanOrEqual(50 * KiB);
      members[0]!.driver.drain();
      expect(total.bytes, policy).toBe(0);
    }
  });
});

describe("beyond the bound of all queues", () => {
  it("close closes the fullest, with IM_ERR_QUEUE_FULL, and the push to another goes on", async () => {
    const { total, members } = crowd("close", 3);
    for (const { block } of members) block();
    members[0]!.push(30 * KiB);
    members[1]!.push(50 * KiB);
    members[2]!.push(15 * KiB);
    expect(members[2]!.push(10 * KiB)).toBe(true);
    const ended: CloseInfo = await members[1]!.conn.closed;
    expect(ended).toMatchObject({ code: 1008, reason: "write queues are full", error: { code: "IM_ERR_QUEUE_FULL" } });
    expect(members[0]!.driver.calls.concat(members[2]!.driver.calls)).toEqual([]);
    expect(total.bytes).toBe(55 * KiB + 2);
  });

  it("close: a push to the fullest itself throws, and closes it", async () => {
    const { members } = crowd("close", 2);
    for (const { block } of members) block();
    members[0]!.push(30 * KiB);
    members[1]!.push(60 * KiB);
    expect(await codeOf(() => members[1]!.push(20 * KiB))).toBe("IM_ERR_QUEUE_FULL");
    expect((await members[1]!.conn.closed).code).toBe(1008);
  });

  it("close: a burst which the system does not take counts as soon as it is flushed", async () => {
    const { total, members } = crowd("close", 3);
    for (const { driver } of members) driver.isBlocked = true;
    for (const { push } of members) push(40 * KiB);
    for (const { conn } of members) conn.flush();
    expect(members.filter(({ driver }) => driver.calls.includes("destroy")).length).toBe(1);
    expect(total.bytes).toBe(80 * KiB);
  });

  it("drop-newest and drop-oldest: a peer that reads passes no payload beyond the bound to one that does not", () => {
    for (const policy of ["drop-newest", "drop-oldest"] as const) {
      const { total, members } = crowd(policy, 2, 20 * KiB);
      const [reading, frozen] = members;
      frozen!.block();
      for (let i = 0; i < 50; i++) {
        const payload = new Uint8Array(9 * KiB);
        reading!.driver.isBlocked = true;
        for (const { push } of members) {
          try {
            push(payload);
          } catch {
            // It has no room.
          }
        }
        for (const { conn } of members) conn.flush();
        reading!.driver.drain();
        expect(total.bytes, `${policy}, after ${i + 1} messages`).toBeLessThanOrEqual(30 * KiB);
      }
    }
  });

  it("drop-oldest takes the oldest of the fullest, and tells", () => {
    const { total, members, dropped, sizes } = crowd("drop-oldest", 3);
    for (const { block } of members) block();
    members[0]!.push(20 * KiB);
    for (const bytes of [21, 22, 3]) members[1]!.push(bytes * KiB);
    members[2]!.push(40 * KiB);
    expect(dropped).toEqual([`1: overflow-oldest ${21 * KiB}`]);
    expect(total.bytes).toBeLessThanOrEqual(BOUND);
    for (const { driver, conn } of members) {
      driver.drain();
      conn.flush();
    }
    expect([sizes(0), sizes(1), sizes(2)]).toEqual([
      [1, 20 * KiB],
      [1, 22 * KiB, 3 * KiB],
      [1, 40 * KiB],
    ]);
    expect(total.bytes).toBe(0);
  });

  it("drop-newest makes the push throw, reports it, and closes no channel", async () => {
    const { total, members, dropped } = crowd("drop-newest", 3);
    for (const { block } of members) block();
    members[0]!.push(60 * KiB);
    members[1]!.push(30 * KiB);
    expect(await codeOf(() => members[2]!.push(20 * KiB))).toBe("IM_ERR_QUEUE_FULL");
    expect(dropped).toEqual([`2: overflow-newest ${20 * KiB}`]);
    expect(members.flatMap(({ driver }) => driver.calls)).toEqual([]);
    expect(total.bytes).toBe(90 * KiB + 3);
  });

  it("a peer that reads goes on to get its messages, whatever the others leave", () => {
    for (const policy of ["drop-newest", "drop-oldest", "close"] as const) {
      const { members, sizes } = crowd(policy, 3);
      for (const { block } of members.slice(1)) block();
      for (const { push } of members.slice(1)) push(49 * KiB);
      for (let i = 0; i < 20; i++) {
        members[0]!.push(5 * KiB);
        if (i % 2) members[0]!.conn.flush();
      }
      members[0]!.conn.flush();
      expect(sizes(0), policy).toEqual(Array.from({ length: 20 }, () => 5 * KiB));
    }
  });

  it("control frames are dropped by no policy", () => {
    for (const policy of ["drop-newest", "drop-oldest"] as const) {
      const { members } = crowd(policy, 2);
      for (const { block } of members) block();
      members[0]!.push(100 * KiB - 10);
      for (let i = 0; i < 10; i++) members[1]!.conn.writeFrame(OpCode.Ping, new Uint8Array(10));
      members[1]!.driver.drain();
      members[1]!.conn.flush();
      expect(members[1]!.driver.writes.flat().filter(({ opCode }) => opCode === OpCode.Ping).length).toBe(10);
    }
  });
});

describe("10,000 connections at the bound", () => {
  for (const policy of ["close", "drop-newest", "drop-oldest"] as const) {
    it(`${policy}: a push costs about what it costs one alone`, () => {
      const costMs = (size: number) => {
        const { members } = crowd(policy, size, size * KiB);
        for (const { block } of members) block();
        const payload = () => new Uint8Array(500);
        const startMs = performance.now();
        for (let i = 0; i < 40_000; i++) {
          try {
            members[i % size]!.conn.writeFrame(OpCode.Binary, payload());
          } catch {
            // Closed, or refused.
          }
        }
        return performance.now() - startMs;
      };
      costMs(100);
      // If each looked at all, it would be hundreds of times as much.
      expect(costMs(10_000)).toBeLessThan(20 * (costMs(100) + 50));
    });
  }
});

describe("whatever happens to connections", () => {
  const runs = Number(process.env.FUZZ_RUNS ?? 1_500) / 3;
  for (const policy of ["close", "drop-newest", "drop-oldest"] as const) {
    it(`${policy}: the total is never below zero, keeps to the bound, and is zero at the end`, {
      timeout: 60_000,
    }, () => {
      for (let seed = 1; seed <= runs; seed++) {
        let state = seed;
        const random = (below: number) => {
          state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
          return (state >>> 8) % below;
        };
        const { total, members } = crowd(policy, 1 + random(5), 40 * KiB);
        const shared = new Uint8Array(6 * KiB);
        for (let step = 0; step < 60; step++) {
          const { conn, driver, push } = members[random(members.length)]!;
          const act = [
            () => push(random(9) * KiB),
            () => push(random(100)),
            () => push(shared),
            () => sendToAll(members, new Uint8Array(random(8) * KiB)),
            () => conn.writeFrame(OpCode.Ping, new Uint8Array(random(125))),
            () => conn.flush(),
            () => conn.flush(),
            () => (driver.isBlocked = true),
            () => driver.drain({ blocksAgain: random(3) === 0 }),
            () => random(4) === 0 && void conn.close(),
            () => random(6) === 0 && conn.destroy(),
            () => random(6) === 0 && driver.end(),
          ][random(12)]!;
          try {
            act();
          } catch (error) {
            expect((error as { code?: string }).code, `run ${seed}`).toMatch(/IM_ERR_(QUEUE_FULL|CLOSED)/);
          }
          expect(total.bytes, `run ${seed}, step ${step}`).toBeGreaterThanOrEqual(0);
          // What the system was given cannot be taken back: a message for each that had nothing waiting.
          const untakeable = policy === "close" ? 0 : members.length * 64 * KiB;
          expect(total.bytes, `run ${seed}, step ${step}`).toBeLessThanOrEqual(40 * KiB + untakeable);
        }
        for (const { driver } of members) driver.end();
        expect(total.bytes, `run ${seed}`).toBe(0);
      }
    });
  }
});
