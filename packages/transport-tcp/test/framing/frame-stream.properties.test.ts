import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFrame } from "../../src/index.js";
import { cutAt, decode, summary } from "../support/decoding.js";
import { frame } from "../support/raw-frames.js";

const opCode = fc.integer({ min: 0, max: 255 });
const payload = fc.uint8Array({ maxLength: 300 });
const frames = fc.array(fc.record({ opCode, payload }), { maxLength: 12 });
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 200 });

const streamOf = (list: readonly { opCode: number; payload: Uint8Array }[]) =>
  Buffer.concat(list.map((one) => frame(one.opCode, one.payload)));

describe("a stream of frames", () => {
  it("gives the same frames however it is cut into chunks", () => {
    fc.assert(
      fc.property(frames, sizes, (list, cuts) => {
        const expected = summary({ frames: list, violation: undefined });
        expect(summary(decode(cutAt(streamOf(list), cuts)))).toBe(expected);
      }),
    );
  });

  it("may be cut at any one place", () => {
    const stream = streamOf([
      { opCode: 2, payload: Uint8Array.of(1, 2, 3) },
      { opCode: 9, payload: new Uint8Array(0) },
      { opCode: 1, payload: new Uint8Array(300).fill(7) },
    ]);
    const whole = summary(decode([stream]));
    for (let at = 0; at <= stream.length; at++)
      expect(summary(decode(cutAt(stream, [at]))), `cut at ${at}`).toBe(whole);
  });

  it("ends at a length beyond the limit, with all frames before it and none after it", () => {
    const tooLong = fc.uint8Array({ minLength: 301, maxLength: 400 });
    fc.assert(
      fc.property(frames, tooLong, frames, sizes, (before, long, after, cuts) => {
        const stream = streamOf([...before, { opCode: 2, payload: long }, ...after]);
        const expected = summary({ frames: before, violation: 1009 });
        expect(summary(decode(cutAt(stream, cuts), 300))).toBe(expected);
      }),
    );
  });

  it("takes a payload of exactly the limit, and none of one byte more", () => {
    expect(decode([frame(2, new Uint8Array(1000))], 1000)).toMatchObject({ frames: [{}], violation: undefined });
    expect(decode([frame(2, new Uint8Array(1001))], 1000)).toEqual({ frames: [], violation: 1009 });
  });

  it("gives payloads that keep their bytes when more is read", () => {
    fc.assert(
      fc.property(frames, sizes, (list, cuts) => {
        const decoded = decode(cutAt(streamOf(list), cuts));
        expect(decoded.frames.map((one) => Buffer.from(one.payload))).toEqual(
          list.map((one) => Buffer.from(one.payload)),
        );
      }),
    );
  });

  it("gives plain Uint8Arrays, whose slice copies", () => {
    const [one] = decode([Buffer.from(frame(2, "abc"))]).frames;
    expect(Object.getPrototypeOf(one!.payload)).toBe(Uint8Array.prototype);
  });
});

describe("encodeFrame", () => {
  it("is what decoding takes apart", () => {
    fc.assert(
      fc.property(opCode, payload, (code, bytes) => {
        expect(Buffer.from(encodeFrame(code, bytes))).toEqual(frame(code, bytes));
      }),
    );
  });

  it("leaves the payload as it is, in memory of its own", () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const encoded = encodeFrame(2, bytes);
    encoded.fill(9);
    expect(bytes).toEqual(Uint8Array.of(1, 2, 3));
  });
});
