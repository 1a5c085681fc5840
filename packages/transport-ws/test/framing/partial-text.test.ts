import fc from "fast-check";
import { expect, it } from "vitest";
import { FrameDecoder } from "../../src/framing/frame-decoder.js";
import { PartialText } from "../../src/framing/partial-text.js";
import { frame } from "../support/raw-frames.js";

/** How many bytes of a text can be the beginning of valid UTF-8, by the platform's decoder. */
function validBytes(bytes: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for (let i = 0; i < bytes.length; i++) {
    try {
      decoder.decode(bytes.subarray(i, i + 1), { stream: true });
    } catch {
      return i;
    }
  }
  return bytes.length;
}

/** Bytes at the borders of what UTF-8 allows, beside any bytes and whole texts. */
const edge = fc.constantFrom(0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5);
const part = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 20 }).map((string) => [...new TextEncoder().encode(string)]),
  fc.array(edge, { minLength: 1, maxLength: 4 }),
);
const bytes = fc.array(part, { maxLength: 6 }).map((parts) => Uint8Array.from(parts.flat()));

/** The bytes in pieces of these lengths, over and over. */
function* piecesOf(whole: Uint8Array, lengths: readonly number[]): Generator<Uint8Array> {
  for (let offset = 0, i = 0; offset < whole.length; i++) {
    const length = lengths[i % lengths.length]!;
    yield whole.subarray(offset, offset + length);
    offset += length;
  }
}

const lengths = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });

it("a text fails in the piece that has its first invalid byte, and not before", () => {
  fc.assert(
    fc.property(bytes, lengths, (text, cuts) => {
      const partial = new PartialText();
      let accepted = 0;
      for (const piece of piecesOf(text, cuts)) {
        if (!partial.accepts(piece)) break;
        accepted += piece.length;
        expect(accepted).toBeLessThanOrEqual(validBytes(text));
      }
      const valid = validBytes(text);
      if (valid === text.length) expect(accepted).toBe(text.length);
      else expect(accepted + Math.max(...cuts)).toBeGreaterThan(valid);
    }),
    { numRuns: 500 },
  );
});

it("a text is whole if it ends with a character", () => {
  fc.assert(
    fc.property(bytes, lengths, (text, cuts) => {
      const partial = new PartialText();
      const isValid = [...piecesOf(text, cuts)].every((piece) => partial.accepts(piece)) && partial.isWhole;
      let expected = true;
      try {
        new TextDecoder("utf-8", { fatal: true }).decode(text);
      } catch {
        expected = false;
      }
      expect(isValid).toBe(expected);
    }),
    { numRuns: 500 },
  );
});

it.each([
  [0xc2, 0x80, 0xbf],
  [0xdf, 0x80, 0xbf],
  [0xe0, 0xa0, 0xbf],
  [0xe1, 0x80, 0xbf],
  [0xec, 0x80, 0xbf],
  [0xed, 0x80, 0x9f],
  [0xee, 0x80, 0xbf],
  [0xef, 0x80, 0xbf],
  [0xf0, 0x90, 0xbf],
  [0xf1, 0x80, 0xbf],
  [0xf3, 0x80, 0xbf],
  [0xf4, 0x80, 0x8f],
])("the byte behind a cut 0x%x may be 0x%x to 0x%x (RFC 3629 §4)", (first, lowest, highest) => {
  const acceptsBehind = (second: number) => {
    const partial = new PartialText();
    expect(partial.accepts(Uint8Array.of(first))).toBe(true);
    return partial.accepts(Uint8Array.of(second));
  };
  expect([lowest - 1, lowest, highest, highest + 1].map(acceptsBehind)).toEqual([false, true, true, false]);
});

it.each([0x80, 0xbf, 0xc1, 0xf5, 0xff])("no character begins with 0x%x, also behind one in the same piece", (byte) => {
  expect(new PartialText().accepts(Uint8Array.of(byte))).toBe(false);
  expect(new PartialText().accepts(Uint8Array.of(0xc2, 0x80, byte))).toBe(false);
});

it.each([
  ["client", true],
  ["server", false],
])("the decoder of a %s's frames closes with 1007 at the byte that makes a text invalid", (_, masked) => {
  const shape = masked ? {} : { mask: undefined };
  fc.assert(
    fc.property(bytes, lengths, (text, cuts) => {
      const valid = validBytes(text);
      fc.pre(valid < text.length);
      let code: number | undefined;
      const violation = (given: number) => {
        code = given;
      };
      const sink = { maxPayloadBytes: 1_000, frame: () => {}, violation };
      const decoder = new FrameDecoder(sink, masked, 1_000);
      let opCode = 1;
      let passed = 0;
      for (const piece of piecesOf(text, cuts)) {
        const whole = frame(opCode, piece, { ...shape, fin: false });
        const headerBytes = whole.length - piece.length;
        whole.forEach((byte, i) => {
          decoder.write(Uint8Array.of(byte));
          expect(code, `after byte ${passed + i - headerBytes} of the text`).toBe(
            passed + i - headerBytes >= valid ? 1007 : undefined,
          );
        });
        if (code) break;
        passed += piece.length;
        opCode = 0;
      }
      expect(code).toBe(1007);
    }),
    { numRuns: 100 },
  );
});
