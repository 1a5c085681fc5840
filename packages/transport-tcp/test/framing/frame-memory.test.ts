import { describe, expect, it } from "vitest";
import { FrameDecoder } from "../../src/index.js";
import { decode } from "../support/decoding.js";
import { frame } from "../support/raw-frames.js";

const MiB = 1 << 20;

/** The longest array that an action makes by itself, in bytes. */
function longestAllocation(action: () => void): number {
  const original = globalThis.Uint8Array;
  let longest = 0;
  globalThis.Uint8Array = new Proxy(original, {
    construct(target, [first, ...rest]: [unknown, ...unknown[]], newTarget) {
      if (typeof first === "number") longest = Math.max(longest, first);
      return Reflect.construct(target, [first, ...rest], newTarget);
    },
  });
  try {
    action();
  } finally {
    globalThis.Uint8Array = original;
  }
  return longest;
}

function header(length: number): Uint8Array {
  const bytes = Buffer.from([2, 0, 0, 0, 0]);
  bytes.writeUInt32BE(length, 1);
  return bytes;
}

const ignoring = (maxPayloadBytes: number) => ({ maxPayloadBytes, frame() {}, violation() {} });

describe("memory for a frame that has not come", () => {
  it("the measurement sees what is allocated", () => {
    expect(longestAllocation(() => void new Uint8Array(12_345))).toBe(12_345);
  });

  it("none is taken for a length beyond the limit (fault 1)", () => {
    const decoder = new FrameDecoder(ignoring(MiB));
    const bomb = Buffer.concat([header(0xffffffff), Buffer.from("abcd")]);
    expect(longestAllocation(() => decoder.write(bomb))).toBe(0);
  });

  it("none is taken for the largest length that is allowed, but for the bytes that came (fault 1)", () => {
    const limit = 0xffffffff;
    const decoder = new FrameDecoder(ignoring(limit));
    const start = Buffer.concat([header(limit), new Uint8Array(100)]);
    const longest = longestAllocation(() => {
      decoder.write(start);
      for (let i = 0; i < 100; i++) decoder.write(Buffer.from("0123456789"));
    });
    expect(longest).toBeGreaterThan(0);
    expect(longest).toBeLessThanOrEqual(4 * 1100);
  });

  it("a thousand connections that declare 64 MiB each and send nine bytes hold some kilobytes each (fault 1)", () => {
    const before = process.memoryUsage().arrayBuffers;
    const decoders = Array.from({ length: 1000 }, () => {
      const decoder = new FrameDecoder(ignoring(64 * MiB));
      decoder.write(Buffer.concat([header(64 * MiB), Buffer.from("abcd")]));
      return decoder;
    });
    const held = process.memoryUsage().arrayBuffers - before;
    expect(decoders).toHaveLength(1000);
    expect(held).toBeLessThan(8 * MiB);
  });

  it("grows to the payload and not beyond while it comes", () => {
    const decoder = new FrameDecoder(ignoring(MiB));
    const whole = frame(2, new Uint8Array(MiB));
    const longest = longestAllocation(() => {
      for (let at = 0; at < whole.length; at += 1000) decoder.write(whole.subarray(at, at + 1000));
    });
    expect(longest).toBe(MiB);
  });
});

describe("work for a frame that comes in small pieces", () => {
  it("1 MiB in pieces of one byte copies each byte about twice, not once per piece", () => {
    const whole = frame(2, new Uint8Array(MiB).fill(5));
    let copied = 0;
    const set = Uint8Array.prototype.set;
    const decoder = new FrameDecoder(ignoring(MiB));
    Uint8Array.prototype.set = function (this: Uint8Array, from: ArrayLike<number>, offset?: number) {
      copied += from.length;
      set.call(this, from, offset);
    };
    try {
      for (let at = 0; at < whole.length; at++) decoder.write(whole.subarray(at, at + 1));
    } finally {
      Uint8Array.prototype.set = set;
    }
    expect(copied).toBeGreaterThanOrEqual(whole.length);
    expect(copied).toBeLessThan(3 * whole.length);
  });

  it("a frame that lies in one chunk is not copied at all", () => {
    const chunk = Buffer.concat([frame(2, "first"), frame(2, "second")]);
    for (const { payload } of decode([chunk]).frames) expect(payload.buffer).toBe(chunk.buffer);
  });
});
