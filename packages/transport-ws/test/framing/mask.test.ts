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
    // A random mask is 0 once in 430 000 runs.
    expect(seen).not.toContain(0);
    // Two of 10 000 masks are the same once in about ninety runs, three hardly ever.
    expect(seen.size).toBeGreaterThan(9_990);
  });
});
