import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyMask, nextMask, readMask, writeMask } from "../../src/framing/mask.js";

describe("a mask", () => {
  it("changes each byte as RFC 6455 §5.3 says, no other byte, and takes itself back", () => {
    const lengths = fc.oneof(fc.nat(80), fc.nat(3000));
    fc.assert(
      fc.property(lengths, fc.nat(9), fc.uint8Array({ minLength: 4, maxLength: 4 }), (length, offset, mask) => {
        const memory = Uint8Array.from({ length: length + offset + 12 }, (_, i) => i * 31 + 7);
        const bytes = memory.subarray(5);
        const plain = [...memory];
        applyMask(bytes, offset, length, readMask(mask, 0));
        const start = 5 + offset;
        const expected = plain.map((byte, i) =>
          i >= start && i < start + length ? byte ^ mask[(i - start) % 4]! : byte,
        );
        expect([...memory]).toEqual(expected);
        applyMask(bytes, offset, length, readMask(mask, 0));
        expect([...memory]).toEqual(plain);
      }),
    );
  });

  it("is applied to a large payload faster than byte by byte, on every version of the engine", () => {
    const payload = new Uint8Array(16 * 1024);
    const apply = () => applyMask(payload, 0, payload.length, 0x12345678);
    const byteByByte = () => {
      for (let i = 0; i < payload.length; i++) payload[i]! ^= 0x12345678 >>> ((i & 3) << 3);
    };
    const best = { apply: Number.POSITIVE_INFINITY, byteByByte: Number.POSITIVE_INFINITY };
    // The best of many short rounds: what else the machine does only makes some of them longer.
    for (let round = 0; round < 40; round++) {
      best.apply = Math.min(best.apply, durationMs(apply));
      best.byteByByte = Math.min(best.byteByByte, durationMs(byteByByte));
    }
    expect(best.apply).toBeLessThan(best.byteByByte);
  });

  it("is read as it was written", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 4 }), (mask) => {
        const target = new Uint8Array(6);
        writeMask(target, 1, readMask(mask, 0));
        expect([...target]).toEqual([0, ...mask, 0]);
      }),
    );
  });

  it("is another each time, beyond the end of a pool of random bytes", () => {
    const seen = new Set(Array.from({ length: 10_000 }, nextMask));
    // Two of 10 000 masks are the same once in about ninety runs, three hardly ever.
    expect(seen.size).toBeGreaterThan(9_990);
  });
});

function durationMs(task: () => void): number {
  const startMs = performance.now();
  for (let i = 0; i < 50; i++) task();
  return performance.now() - startMs;
}
