import { describe, expect, it } from "vitest";
import * as engine from "ws";
import { encodeFrame, headerBytes, writeHeader } from "../../src/framing/frame-header.js";
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
