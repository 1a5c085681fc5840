import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as engine from "ws";
import { encodeFrame, headerBytes, writeHeader } from "../../src/framing/frame-header.js";
import { maskInto, writeMask } from "../../src/framing/mask.js";
import { frame } from "../support/raw-frames.js";

/** What the `ws` engine writes for the same frame. */
function byEngine(opcode: number, payload: Uint8Array): Buffer {
  const { Sender } = engine as unknown as { Sender: { frame(data: Buffer, options: object): Buffer[] } };
  const list = Sender.frame(Buffer.from(payload), {
    fin: true,
    mask: false,
    opcode,
    readOnly: true,
    rsv1: false,
  });
  return Buffer.concat(list);
}

const lengths = [0, 1, 125, 126, 127, 65_535, 65_536, 70_000];

describe("a frame that a server writes", () => {
  it.each(lengths)("of %i bytes is what ws writes, and what RFC 6455 says", (length) => {
    const payload = Uint8Array.from({ length }, (_, i) => i * 31 + 7);
    for (const opCode of [1, 2, 9, 10]) {
      const encoded = Buffer.from(encodeFrame(opCode, payload));
      expect(encoded.equals(byEngine(opCode, payload)), `opcode ${opCode} as ws writes it`).toBe(true);
      expect(encoded.equals(frame(opCode, payload, { mask: undefined })), `opcode ${opCode}`).toBe(true);
    }
  });

  it.each([
    [0, "8200"],
    [125, "827d"],
    [126, "827e007e"],
    [65_535, "827effff"],
    [65_536, "827f0000000000010000"],
    [2 ** 32, "827f0000000100000000"],
    [2 ** 53 - 1, "827f001fffffffffffff"],
  ])("of %i bytes has the header %s", (length, hex) => {
    const header = new Uint8Array(headerBytes(length));
    expect(writeHeader(header, 0, 2, length, false)).toBe(header.length);
    expect(Buffer.from(header).toString("hex")).toBe(hex);
  });
});

describe("a frame that a client writes", () => {
  it.each([
    [0, "8280"],
    [125, "82fd"],
    [126, "82fe007e"],
    [65_535, "82feffff"],
    [65_536, "82ff0000000000010000"],
  ])("of %i bytes has the header %s, which says that it is masked", (length, hex) => {
    const header = new Uint8Array(headerBytes(length) + 5);
    const end = writeHeader(header, 5, 2, length, true);
    expect(Buffer.from(header.subarray(5, end)).toString("hex")).toBe(hex);
  });
});

describe("a mask", () => {
  it("changes each byte as RFC 6455 §5.3 says, and takes itself back", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ minLength: 4, maxLength: 4 }), (payload, mask) => {
        const masked = new Uint8Array(payload.length + 3);
        maskInto(masked, 3, payload, mask, 0);
        expect([...masked.subarray(3)]).toEqual([...payload].map((byte, i) => byte ^ mask[i % 4]!));
        const unmasked = new Uint8Array(payload.length);
        maskInto(unmasked, 0, masked.subarray(3), mask, 0);
        expect(unmasked).toEqual(payload);
      }),
    );
  });

  it("leaves the payload as it is", () => {
    const payload = Uint8Array.of(1, 2, 3, 4, 5);
    maskInto(new Uint8Array(5), 0, payload, Uint8Array.of(9, 9, 9, 9), 0);
    expect(payload).toEqual(Uint8Array.of(1, 2, 3, 4, 5));
  });

  it("is another each time, beyond the end of a pool of random bytes", () => {
    const seen = new Set<string>();
    const mask = new Uint8Array(6);
    for (let n = 0; n < 10_000; n++) {
      writeMask(mask, 1);
      seen.add(mask.subarray(1, 5).join());
    }
    // Two of 10 000 masks are the same once in about ninety runs, three hardly ever.
    expect(seen.size).toBeGreaterThan(9_990);
    expect([mask[0], mask[5]]).toEqual([0, 0]);
  });
});
