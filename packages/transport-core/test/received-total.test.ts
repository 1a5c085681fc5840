import { OpCode } from "@im/transport-core";
import { StreamDecoder } from "@im/transport-core/authoring";
import { describe, expect, it } from "vitest";
import { FramedChannel } from "../src/channel/framed-channel.js";
import { ReceivedTotal } from "../src/limits/received-total.js";
import { openChannel, openConn } from "./support/conns.js";
import { deferred, endOfTurn } from "./support/waiting.js";

const KiB = 1024;
const BOUND = 100 * KiB;
const roomy = { maxInboxBytes: 1024 * KiB, maxInboxMessages: 10_000 };

/** Channels of one server, whose listeners settle when the test says so. */
function crowd(size: number, maxBytes = BOUND) {
  const total = new ReceivedTotal(maxBytes);
  const members = Array.from({ length: size }, () => {
    const go = deferred<void>();
    const member = openChannel({ ...roomy, receivedTotal: total });
    const delivered: number[] = [];
    const receive = (_: unknown, { length }: Uint8Array) => {
      delivered.push(length);
      return go.promise;
    };
    const ended = member.channel.readLoop({ receive });
    return { ...member, go, delivered, ended };
  });
  return { total, members };
}

describe("what counts in the total of what came", () => {
  it("is nothing that the listener takes as it comes", () => {
    const total = new ReceivedTotal(BOUND);
    const { channel, driver } = openChannel({ ...roomy, receivedTotal: total });
    void channel.readLoop({ receive() {} });
    for (let i = 0; i < 10; i++) driver.receive(new Uint8Array(50 * KiB));
    expect(total.bytes).toBe(0);
  });

  it("is what waits for a listener that is busy, and for a reader that takes one by one", async () => {
    const { total, members } = crowd(1);
    const [one] = members;
    for (const bytes of [1, 10 * KiB, 5 * KiB]) one!.driver.receive(new Uint8Array(bytes));
    expect(total.bytes).toBeGreaterThanOrEqual(15 * KiB);
    expect(total.bytes).toBeLessThan(16 * KiB);
    one!.go.resolve();
    await endOfTurn();
    expect(one!.delivered).toEqual([1, 10 * KiB, 5 * KiB]);
    expect(total.bytes).toBe(0);
    const reader = openConn({ receivedTotal: total });
    reader.driver.receive(new Uint8Array(20 * KiB));
    expect(total.bytes).toBeGreaterThanOrEqual(20 * KiB);
    await reader.conn.readFrame();
    expect(total.bytes).toBe(0);
  });

  it("is what the driver keeps of half a message, until the rest comes or the connection ends", () => {
    const { total, members } = crowd(2);
    for (const { driver } of members) driver.sink.halfReceived!(30 * KiB);
    expect(total.bytes).toBe(60 * KiB);
    members[0]!.driver.sink.halfReceived!(-30 * KiB);
    expect(total.bytes).toBe(30 * KiB);
    members[1]!.driver.end();
    expect(total.bytes).toBe(0);
  });
});

describe("beyond the bound of what came", () => {
  it("inboxes that are not empty stop being read first, from the half of it, and go on when they are", async () => {
    const { members } = crowd(3);
    for (const { driver } of members) driver.receive(new Uint8Array(1));
    members[0]!.driver.receive(new Uint8Array(45 * KiB));
    expect(members[0]!.driver.calls).toEqual([]);
    members[1]!.driver.receive(new Uint8Array(10 * KiB));
    expect(members[1]!.driver.calls).toEqual(["pause"]);
    members[1]!.go.resolve();
    await endOfTurn();
    expect(members[1]!.driver.calls).toEqual(["pause", "resume"]);
    expect(members[1]!.delivered).toEqual([1, 10 * KiB]);
    expect(members[2]!.driver.calls).toEqual([]);
  });

  it("the connection that holds the most is closed with 1013; what waited in it is lost and told, of others nothing", async () => {
    const { total, members } = crowd(3);
    for (const { driver } of members) driver.receive(new Uint8Array(1));
    members[0]!.driver.receive(new Uint8Array(30 * KiB));
    members[1]!.driver.receive(new Uint8Array(50 * KiB));
    members[2]!.driver.sink.halfReceived!(15 * KiB);
    expect(members.flatMap(({ driver }) => driver.calls).filter((call) => call.startsWith("close"))).toEqual([]);
    members[2]!.driver.sink.halfReceived!(10 * KiB);
    expect(members[1]!.driver.calls).toContain("close 1013 too much waits in the server");
    expect(members[1]!.errors).toEqual([{ code: "IM_ERR_UNDELIVERED", during: "receive" }]);
    expect(total.bytes).toBeLessThan(57 * KiB);
    for (const { go } of members) go.resolve();
    members[1]!.driver.end();
    expect(await members[1]!.ended).toMatchObject({ code: 1013, error: { code: "IM_ERR_INBOX_FULL" } });
    await endOfTurn();
    expect(members.map(({ delivered }) => delivered)).toEqual([[1, 30 * KiB], [1], [1]]);
    expect(members[0]!.errors.concat(members[2]!.errors)).toEqual([]);
  });

  it("what a listener has not taken of a connection that is gone goes as well", () => {
    const { total, members } = crowd(2);
    for (const { driver } of members) driver.receive(new Uint8Array(1));
    members[0]!.driver.receive(new Uint8Array(70 * KiB));
    members[0]!.driver.end();
    expect(total.bytes, "while its listener may still take it").toBeGreaterThan(70 * KiB);
    members[1]!.driver.sink.halfReceived!(60 * KiB);
    expect(members[0]!.errors).toEqual([{ code: "IM_ERR_UNDELIVERED", during: "receive" }]);
    expect(total.bytes).toBe(60 * KiB);
    expect(members[1]!.driver.calls).toEqual([]);
  });
});

/** Frames of a length in four bytes, and the payload. */
class LengthDecoder extends StreamDecoder {
  protected readHeader(bytes: Uint8Array, offset: number, end: number): number {
    if (end - offset < 4) return 0;
    this.payloadBytes = new DataView(bytes.buffer, bytes.byteOffset + offset).getUint32(0);
    return 4;
  }

  protected readPayload(payload: Uint8Array): void {
    this.sink.frame(OpCode.Binary, payload);
  }
}

function framed(length: number): Uint8Array {
  const frame = new Uint8Array(4 + length);
  new DataView(frame.buffer).setUint32(0, length);
  return frame;
}

describe("a decoder", () => {
  function decode() {
    const seen = { keptBytes: 0, frames: [] as number[] };
    const limits = { maxKeptBytes: Number.POSITIVE_INFINITY };
    const decoder: LengthDecoder = new LengthDecoder({
      maxPayloadBytes: 1024 * KiB,
      frame: (_, { length }) => void seen.frames.push(length),
      halfReceived(bytes) {
        seen.keptBytes += bytes;
        if (seen.keptBytes > limits.maxKeptBytes) decoder.finish();
      },
      violation() {},
    });
    return { decoder, seen, limits };
  }

  it("tells what it keeps of a message that chunks cut, and takes it back when the message is whole", () => {
    const { decoder, seen } = decode();
    const frame = framed(100 * KiB);
    decoder.write(frame.slice(0, 50 * KiB));
    expect(seen.keptBytes).toBeGreaterThanOrEqual(49 * KiB);
    expect(seen.keptBytes).toBeLessThanOrEqual(100 * KiB);
    decoder.write(frame.slice(50 * KiB));
    expect(seen).toEqual({ keptBytes: 0, frames: [100 * KiB] });
    decoder.write(framed(1_000));
    expect(seen.keptBytes, "whole in a chunk").toBe(0);
  });

  it("may be finished by its sink, and then keeps nothing", () => {
    const { decoder, seen, limits } = decode();
    limits.maxKeptBytes = 20 * KiB;
    const frame = framed(100 * KiB);
    for (let at = 0; at < frame.length; at += 3 * KiB) decoder.write(frame.slice(at, at + 3 * KiB));
    expect(seen).toEqual({ keptBytes: 0, frames: [] });
    expect(decoder.isDone).toBe(true);
  });
});

describe("10,000 connections at the bound of what came", () => {
  it("cost each message about what it costs with a hundred", () => {
    const costMs = (size: number) => {
      const total = new ReceivedTotal(size * KiB);
      const drivers = Array.from({ length: size }, () => {
        const { channel, driver } = openChannel({ ...roomy, onError() {}, receivedTotal: total });
        void channel.readLoop({ receive: () => new Promise<void>(() => {}) });
        driver.receive(new Uint8Array(1));
        return driver;
      });
      const startMs = performance.now();
      for (let i = 0; i < 40_000; i++) drivers[i % size]!.receive(new Uint8Array(500));
      return performance.now() - startMs;
    };
    costMs(100);
    // If each looked at all, it would be hundreds of times as much.
    expect(costMs(10_000)).toBeLessThan(20 * (costMs(100) + 50));
  });
});

describe("whatever happens to connections", () => {
  const runs = Number(process.env.FUZZ_RUNS ?? 1_500) / 3;
  it("the total keeps to the bound, and is zero when all have ended", { timeout: 60_000 }, async () => {
    for (let seed = 1; seed <= runs; seed++) {
      let state = seed;
      const random = (below: number) => {
        state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
        return (state >>> 8) % below;
      };
      const { total, members } = crowd(1 + random(4), 60 * KiB);
      const halves = members.map(() => 0);
      members.forEach(({ driver }, index) => {
        const ignoreInput = () => {
          const bytes = halves[index]!;
          halves[index] = 0;
          if (bytes > 0) driver.sink.halfReceived!(-bytes);
        };
        Object.assign(driver, { ignoreInput });
      });
      for (let step = 0; step < 50; step++) {
        const index = random(members.length);
        const { driver, channel, go } = members[index]!;
        const isOver = FramedChannel.hasEnded(channel) || driver.calls.some((call) => /^(close|destroy)/.test(call));
        const half = (bytes: number) => {
          halves[index]! += bytes;
          driver.sink.halfReceived!(bytes);
        };
        const act = [
          () => driver.receive(new Uint8Array(random(9) * KiB)),
          () => driver.receive(new Uint8Array(random(100))),
          () => driver.receive(new Uint8Array(5), OpCode.Ping),
          () => !isOver && half(random(12) * KiB),
          () => !isOver && half(-halves[index]!),
          () => go.resolve(),
          () => random(4) === 0 && void channel.close(),
          () => random(6) === 0 && channel.destroy(),
          () => random(6) === 0 && driver.end(),
        ][random(9)]!;
        act();
        if (random(3) === 0) await endOfTurn();
        expect(total.bytes, `run ${seed}, step ${step}`).toBeGreaterThanOrEqual(0);
        expect(total.bytes, `run ${seed}, step ${step}`).toBeLessThanOrEqual(60 * KiB);
      }
      for (const { driver, channel } of members) {
        driver.end();
        FramedChannel.cut(channel);
      }
      expect(total.bytes, `run ${seed}`).toBe(0);
    }
  });
});
