import { describeViolations } from "@im/test-support/raw-peer";
import { describe, expect, it } from "vitest";
import { closeFrame, frame } from "./support/raw-frames.js";
import { loggedIn, rawWs, start } from "./support/raw-ws.js";

const unmasked = { mask: undefined };

describeViolations(rawWs, [
  ["a frame that is not masked", frame(2, "hi", unmasked), 1002],
  ["a Ping that is not masked", frame(9, "", unmasked), 1002],
  ["RSV1 without an extension", frame(2, "hi", { rsv: 4 }), 1002],
  ["RSV2", frame(2, "hi", { rsv: 2 }), 1002],
  ["RSV3", frame(2, "hi", { rsv: 1 }), 1002],
  ["opcode 3", frame(3, "hi"), 1002],
  ["opcode 7 without payload", frame(7), 1002],
  ["opcode 11", frame(11), 1002],
  ["opcode 15", frame(15, "hi"), 1002],
  ["a continuation of nothing", frame(0, "hi"), 1002],
  ["a message inside a fragmented message", Buffer.concat([frame(2, "a", { fin: false }), frame(2, "b")]), 1002],
  ["a Ping in fragments", frame(9, "hi", { fin: false }), 1002],
  ["a Ping of 126 bytes", frame(9, Buffer.alloc(126)), 1002],
  ["a Close of 126 bytes", closeFrame(1000, "a".repeat(124)), 1002],
  ["a Close of one byte", frame(8, "a"), 1002],
  ["a Close of code 999", closeFrame(999), 1002],
  ["a Close of code 1005", closeFrame(1005), 1002],
  ["a Close of code 5000", closeFrame(5000), 1002],
  ["a Close whose reason is no UTF-8", frame(8, Uint8Array.of(3, 0xe8, 0xff)), 1007],
  ["a text that is no UTF-8", frame(1, Uint8Array.of(0xc3, 0x28)), 1007],
  ["a text whose UTF-8 is cut", frame(1, Uint8Array.of(0xe2, 0x82)), 1007],
  ["a message beyond the limit", frame(2, "", { declares: 1_048_577n }), 1009],
  ["a length of 2^32", frame(2, "hi", { declares: 2n ** 32n }), 1009],
  ["a length of 2^62", frame(2, "hi", { declares: 2n ** 62n }), 1009],
  ["a length of 2^63", frame(2, "hi", { declares: 2n ** 63n }), 1009],
  [
    "fragments that are beyond the limit together",
    Buffer.concat([frame(2, Buffer.alloc(600_000), { fin: false }), frame(0, Buffer.alloc(600_000))]),
    1009,
  ],
]);

describe("what RFC 6455 allows is taken", () => {
  it("a message in fragments, with a Ping between them, is joined", async () => {
    const watched = await start();
    const peer = await loggedIn(watched);
    peer.send(
      frame(1, "a ", { fin: false }),
      frame(0, "whole", { fin: false }),
      frame(9, "ping"),
      frame(0, "", { fin: false }),
      frame(0, " text"),
    );
    expect(await watched.messages.next()).toMatchObject({ text: "a whole text", opCode: 1 });
    expect(await peer.message()).toEqual({ opCode: 10, text: "ping" });
  });

  it("a character that fragments cut in two", async () => {
    const watched = await start();
    const peer = await loggedIn(watched);
    const euro = Buffer.from("€");
    peer.send(frame(1, euro.subarray(0, 1), { fin: false }), frame(0, euro.subarray(1)));
    expect(await watched.messages.next()).toMatchObject({ text: "€" });
  });

  it("a message of exactly the limit, and one of a single byte more is not", async () => {
    const watched = await start({ maxPayloadBytes: 1000 });
    const peer = await loggedIn(watched);
    peer.send(frame(2, Buffer.alloc(1000)), frame(2, Buffer.alloc(1001)));
    expect((await watched.messages.next()).payload).toHaveLength(1000);
    expect(await peer.close()).toMatchObject({ code: 1009 });
  });

  it("a length that takes more bytes than it needs", async () => {
    const watched = await start();
    const peer = await loggedIn(watched);
    peer.send(Buffer.from("82fe00020000000068692020", "hex").subarray(0, 10));
    expect(await watched.messages.next()).toMatchObject({ text: "hi" });
  });

  it("a mask of zeros, and frames one byte per segment", async () => {
    const watched = await start();
    const peer = await loggedIn(watched);
    await peer.drip(Buffer.concat([frame(2, "one", { mask: [0, 0, 0, 0] }), frame(2, "two")]));
    expect(await watched.messages.next()).toMatchObject({ text: "one" });
    expect(await watched.messages.next()).toMatchObject({ text: "two" });
  });

  it("an unsolicited Pong with a payload, which is no message, and empty messages, which are none", async () => {
    const watched = await start();
    const peer = await loggedIn(watched);
    peer.send(frame(10, "no message"), frame(2), frame(1), frame(2, "a message"));
    expect(await watched.messages.next()).toMatchObject({ text: "a message" });
  });
});
