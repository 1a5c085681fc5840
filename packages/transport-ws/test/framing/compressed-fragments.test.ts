import { describe, expect, it } from "vitest";
import { FrameDecoder } from "../../src/framing/frame-decoder.js";
import { RSV1 } from "../support/compressed.js";
import { frame } from "../support/raw-frames.js";

const MAX_PAYLOAD_BYTES = 1_600;
/** What deflate makes of 1,600 bytes at most: a sixteenth more, and 64 bytes. */
const MAX_COMPRESSED_BYTES = 1_764;
const MAX_FRAGMENTS = 3;

/** What a server's decoder reports when compression was agreed. */
function decoded(...frames: Uint8Array[]) {
  const fragments: [opCode: number, fragment: string, isFinal: boolean][] = [];
  const whole: [opCode: number, payload: string][] = [];
  let keptBytes = 0;
  let violation: [code: number, reason: string] | undefined;
  const decoder = new FrameDecoder(
    {
      maxPayloadBytes: MAX_PAYLOAD_BYTES,
      compressed: (opCode, fragment, isFinal) => fragments.push([opCode, textOf(fragment), isFinal]),
      frame: (opCode, payload) => whole.push([opCode, textOf(payload)]),
      halfReceived(bytes) {
        keptBytes += bytes;
      },
      violation(...what) {
        violation = what;
      },
    },
    true,
    MAX_FRAGMENTS,
  );
  for (const one of frames) decoder.write(Uint8Array.from(one));
  return { fragments, whole, keptBytes, violation };
}

const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString();
const first = (opCode: number, payload: string | Uint8Array, fin = false) => frame(opCode, payload, { rsv: RSV1, fin });
const next = (payload: string | Uint8Array, fin = false) => frame(0, payload, { fin });

describe("a compressed message", () => {
  it.each([1, 2])("in one frame of opcode %i is reported as its last fragment", (opCode) => {
    expect(decoded(first(opCode, "all", true))).toMatchObject({ fragments: [[opCode, "all", true]], whole: [] });
  });

  it.each([1, 2])("in fragments is reported in these, each with opcode %i of the first", (opCode) => {
    const { fragments, violation } = decoded(first(opCode, "a"), next("b"), next("c", true), first(opCode, "d", true));
    expect(fragments).toEqual([
      [opCode, "a", false],
      [opCode, "b", false],
      [opCode, "c", true],
      [opCode, "d", true],
    ]);
    expect(violation).toBeUndefined();
  });

  it("is not kept: whoever decompresses it counts it", () => {
    expect(decoded(first(2, "a"), next("b")).keptBytes).toBe(0);
  });

  it("may be no UTF-8, also as a text", () => {
    expect(decoded(first(1, Uint8Array.of(0xff)), next(Uint8Array.of(0xff), true))).toMatchObject({
      fragments: [{}, {}],
      violation: undefined,
    });
  });

  it("has control frames between its fragments, and stands beside messages that are not compressed", () => {
    const { fragments, whole, violation } = decoded(
      first(1, "a"),
      frame(9, "ping"),
      next("b", true),
      frame(1, "plain"),
    );
    expect(fragments).toHaveLength(2);
    expect(whole).toEqual([
      [9, "ping"],
      [1, "plain"],
    ]);
    expect(violation).toBeUndefined();
  });
});

describe("of a compressed message", () => {
  const bytes = (length: number) => new Uint8Array(length);

  it("a frame may be as long as deflate makes of the limit, and no longer", () => {
    expect(decoded(first(2, bytes(MAX_COMPRESSED_BYTES), true)).violation).toBeUndefined();
    expect(decoded(first(2, bytes(MAX_COMPRESSED_BYTES + 1), true)).violation).toEqual([
      1009,
      "a message of 1765 bytes or more, the limit is 1600",
    ]);
  });

  it("the fragments may be so long together, and no longer", () => {
    const [most, rest] = [bytes(MAX_COMPRESSED_BYTES - 10), bytes(10)];
    expect(decoded(first(2, most), next(rest, true)).violation).toBeUndefined();
    expect(decoded(first(2, most), next(bytes(11), true)).violation?.[0]).toBe(1009);
  });

  it("the fragments may be as many as the limit, and no more", () => {
    expect(decoded(first(2, "1"), next("2"), next("3", true)).violation).toBeUndefined();
    expect(decoded(first(2, "1"), next("2"), next("3"), next("4")).violation).toEqual([
      1008,
      "a message in more than 3 fragments",
    ]);
  });

  it("the longer bound does not hold for a message that is not compressed", () => {
    expect(decoded(frame(2, bytes(MAX_PAYLOAD_BYTES + 1))).violation?.[0]).toBe(1009);
    expect(decoded(frame(2, bytes(MAX_PAYLOAD_BYTES), { fin: false }), next("1")).violation?.[0]).toBe(1009);
  });
});

describe("RSV1 is a violation", () => {
  it.each([
    [
      "on a continuation",
      [first(2, "a"), frame(0, "b", { rsv: RSV1 })],
      "RSV1 is set on a frame that begins no message",
    ],
    ["on a Ping", [frame(9, "", { rsv: RSV1 })], "RSV1 is set on a frame that begins no message"],
    ["beside RSV2", [frame(2, "", { rsv: 6 })], "a reserved bit is set that permessage-deflate does not use"],
    [
      "in a message inside a fragmented one",
      [first(2, "a"), first(2, "b", true)],
      "a message inside a fragmented message",
    ],
  ])("%s", (_, frames, reason) => {
    expect(decoded(...frames).violation).toEqual([1002, reason]);
  });
});
