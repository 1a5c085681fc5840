import { describe, expect, it } from "vitest";
import { FrameDecoder } from "../../src/framing/frame-decoder.js";
import { closeFrame, frame } from "../support/raw-frames.js";

const UNMASKED = { mask: undefined };

/** What a decoder without compression reports of these bytes, in one chunk. */
function decoded(bytes: Uint8Array, isServer = true) {
  const found: number[] = [];
  let violation: [code: number, reason: string] | undefined;
  const decoder = new FrameDecoder(
    {
      maxPayloadBytes: 1_000,
      frame: (opCode) => found.push(opCode),
      violation(...what) {
        violation = what;
      },
    },
    isServer,
    2,
  );
  decoder.write(Uint8Array.from(bytes));
  return { found, violation, sawClose: decoder.sawClose, isDone: decoder.isDone };
}

const begun = frame(1, "begun", { fin: false });

describe("a server's decoder refuses", () => {
  it.each<[string, Uint8Array, number, string]>([
    ["RSV1", frame(2, "", { rsv: 4 }), 1002, "a reserved bit is set, but no extension was agreed"],
    ["RSV2", frame(2, "", { rsv: 2 }), 1002, "a reserved bit is set, but no extension was agreed"],
    ["RSV3", frame(2, "", { rsv: 1 }), 1002, "a reserved bit is set, but no extension was agreed"],
    ["a frame that is not masked", frame(2, "", UNMASKED), 1002, "a client's frame is not masked"],
    ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opCode): [string, Uint8Array, number, string] => [
      `opcode ${opCode}`,
      frame(opCode, "", { fin: opCode < 8 }),
      1002,
      `unknown opcode ${opCode}`,
    ]),
    ["a Ping in fragments", frame(9, "", { fin: false }), 1002, "a control frame in fragments"],
    ["a Ping of 126 bytes", frame(9, new Uint8Array(126)), 1002, "control frame over 125 bytes"],
    ["a Pong of 65,536 bytes", frame(10, new Uint8Array(65_536)), 1002, "control frame over 125 bytes"],
    ["a continuation of nothing", frame(0, "a"), 1002, "a continuation of nothing"],
    [
      "a text inside a fragmented message",
      Buffer.concat([begun, frame(1)]),
      1002,
      "a message inside a fragmented message",
    ],
    [
      "a binary inside a fragmented message",
      Buffer.concat([begun, frame(2)]),
      1002,
      "a message inside a fragmented message",
    ],
    [
      "a message beyond the limit",
      frame(2, new Uint8Array(1_001)),
      1009,
      "a message of 1001 bytes or more, the limit is 1000",
    ],
    [
      "fragments beyond the limit",
      Buffer.concat([begun, frame(0, new Uint8Array(996))]),
      1009,
      "a message of 1001 bytes or more, the limit is 1000",
    ],
    [
      "a length of 2^62",
      frame(2, "", { declares: 2n ** 62n }),
      1009,
      `a message of ${2 ** 62} bytes or more, the limit is 1000`,
    ],
    [
      "a length of 2^32",
      frame(2, "", { declares: 2n ** 32n }),
      1009,
      "a message of 4294967296 bytes or more, the limit is 1000",
    ],
    [
      "a length of eight different bytes",
      frame(2, "", { declares: 0x0001_0203_0405_0607n }),
      1009,
      `a message of ${0x0001_0203_0405_0607} bytes or more, the limit is 1000`,
    ],
    [
      "a third fragment",
      Buffer.concat([begun, frame(0, "", { fin: false }), frame(0)]),
      1008,
      "a message in more than 2 fragments",
    ],
    ["a Close of one byte", frame(8, "a"), 1002, "invalid Close frame"],
    ["a Close of code 1005", closeFrame(1005, "a"), 1002, "invalid Close frame"],
    ["a Close whose reason is not UTF-8", frame(8, Uint8Array.of(3, 0xe8, 0xff)), 1007, "invalid Close frame"],
    ["a text that is not UTF-8", frame(1, Uint8Array.of(0xff)), 1007, "a text is not UTF-8"],
    ["a text whose last character is cut", frame(1, Uint8Array.of(0xe6, 0xbc)), 1007, "a text is not UTF-8"],
    [
      "a fragmented text whose last character is cut",
      Buffer.concat([begun, frame(0, Uint8Array.of(0xe6))]),
      1007,
      "a text is not UTF-8",
    ],
  ])("%s", (_, bytes, code, reason) => {
    expect(decoded(bytes)).toEqual({ found: [], violation: [code, reason], isDone: true, sawClose: false });
  });

  it("a Ping in fragments, whatever its length, by its first two bytes alone", () => {
    expect(decoded(Uint8Array.of(0x09, 0xff)).violation).toEqual([1002, "a control frame in fragments"]);
    expect(decoded(Uint8Array.of(0x09)).violation).toBeUndefined();
  });

  it("a length beyond the limit, before the mask has come", () => {
    expect(decoded(frame(2, "", { declares: 1_001n }).subarray(0, 4)).violation?.[0]).toBe(1009);
  });
});

describe("a client's decoder refuses", () => {
  it("a frame that is masked", () => {
    expect(decoded(frame(2), false).violation).toEqual([1002, "a server's frame is masked"]);
  });
});

describe("what is no violation", () => {
  it("a control frame beyond the limit of messages and of fragments, inside a fragmented message", () => {
    const stream = Buffer.concat([
      frame(2, new Uint8Array(999), { fin: false }),
      frame(0, "", { fin: false }),
      frame(9, new Uint8Array(125)),
      frame(10, new Uint8Array(125)),
      closeFrame(1000, "bye"),
    ]);
    expect(decoded(stream)).toMatchObject({ found: [9, 10, 8], violation: undefined });
  });

  it("what follows a Close: it is ignored", () => {
    const { found, violation, sawClose, isDone } = decoded(Buffer.concat([closeFrame(1000, "bye"), frame(3)]));
    expect([found, violation, sawClose, isDone]).toEqual([[8], undefined, true, true]);
  });
});
