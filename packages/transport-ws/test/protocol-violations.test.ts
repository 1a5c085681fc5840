import { describe, expect, it } from "vitest";
import { closeFrame, frame } from "./support/raw-frames.js";
import { RawPeer } from "./support/raw-peer.js";
import { expectToServeAGoodClient, loggedIn, startServer } from "./support/ws-server.js";

const unmasked = { mask: undefined };

describe("a client that breaks RFC 6455 is closed with the code for it, and nobody else notices", () => {
  it.each([
    ["a frame that is not masked", frame(2, "hi", unmasked), 1002],
    ["a ping that is not masked", frame(9, "", unmasked), 1002],
    ["RSV1 without an extension", frame(2, "hi", { rsv: 4 }), 1002],
    ["RSV2", frame(2, "hi", { rsv: 2 }), 1002],
    ["RSV3", frame(2, "hi", { rsv: 1 }), 1002],
    ["opcode 3", frame(3, "hi"), 1002],
    ["opcode 7 without payload", frame(7), 1002],
    ["opcode 11", frame(11), 1002],
    ["opcode 15", frame(15, "hi"), 1002],
    ["a continuation of nothing", frame(0, "hi"), 1002],
    ["a message inside a fragmented message", Buffer.concat([frame(2, "a", { fin: false }), frame(2, "b")]), 1002],
    ["a ping in fragments", frame(9, "hi", { fin: false }), 1002],
    ["a ping of 126 bytes", frame(9, Buffer.alloc(126)), 1002],
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
  ])("%s", async (_, bytes, code) => {
    const watched = await startServer();
    const peer = await loggedIn(watched);
    peer.send(frame(2, "before"), bytes, frame(2, "after"));
    const said = await peer.close();
    expect(said.code).toBe(code);
    expect(said.reason).not.toBe("");
    expect(await peer.ended()).toBe("end");
    expect(await peer.framesUntilEnd()).toHaveLength(1);
    peer.hangUp();
    const { id, info } = await watched.disconnects.next();
    expect({ id, code: info.code, error: info.error?.code }).toEqual({
      id: "alice",
      code,
      error: code === 1009 ? "IM_ERR_PAYLOAD_TOO_LARGE" : "IM_ERR_PROTOCOL",
    });
    expect(watched.messages.all.map(({ text }) => text)).toEqual(["before"]);
    expect(watched.errors.all).toEqual([]);
    await expectToServeAGoodClient(watched);
  });

  it("before its login as well", async () => {
    const watched = await startServer();
    const peer = await RawPeer.upgraded(watched.port);
    peer.send(frame(3, "hi"));
    expect(await peer.close()).toMatchObject({ code: 1002 });
    expect(await watched.errors.next()).toMatchObject({ during: "accept", error: { code: "IM_ERR_CLOSED" } });
    expect(watched.admitted.all).toEqual([]);
    await expectToServeAGoodClient(watched);
  });

  it("what was pushed before leaves before the Close", async () => {
    const watched = await startServer({
      messageListener: { receive: (agent, payload) => void agent.push(payload) },
    });
    const peer = await loggedIn(watched);
    peer.send(frame(2, "one"), frame(9, "two"), frame(2, "three"), frame(3));
    expect(await peer.message()).toEqual({ opCode: 2, text: "one" });
    expect(await peer.message()).toEqual({ opCode: 10, text: "two" });
    expect(await peer.message()).toEqual({ opCode: 2, text: "three" });
    expect(await peer.close()).toMatchObject({ code: 1002 });
  });
});

describe("what RFC 6455 allows is taken", () => {
  it("a message in fragments, with a ping between them, is joined", async () => {
    const watched = await startServer();
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
    const watched = await startServer();
    const peer = await loggedIn(watched);
    const euro = Buffer.from("€");
    peer.send(frame(1, euro.subarray(0, 1), { fin: false }), frame(0, euro.subarray(1)));
    expect(await watched.messages.next()).toMatchObject({ text: "€" });
  });

  it("a message of exactly the limit, and one of a single byte more is not", async () => {
    const watched = await startServer({ maxPayloadBytes: 1000 });
    const peer = await loggedIn(watched);
    peer.send(frame(2, Buffer.alloc(1000)), frame(2, Buffer.alloc(1001)));
    expect((await watched.messages.next()).payload).toHaveLength(1000);
    expect(await peer.close()).toMatchObject({ code: 1009 });
  });

  it("a length that takes more bytes than it needs", async () => {
    const watched = await startServer();
    const peer = await loggedIn(watched);
    peer.send(Buffer.from("82fe00020000000068692020", "hex").subarray(0, 10));
    expect(await watched.messages.next()).toMatchObject({ text: "hi" });
  });

  it("a mask of zeros, and frames one byte per segment", async () => {
    const watched = await startServer();
    const peer = await loggedIn(watched);
    await peer.drip(Buffer.concat([frame(2, "one", { mask: [0, 0, 0, 0] }), frame(2, "two")]));
    expect(await watched.messages.next()).toMatchObject({ text: "one" });
    expect(await watched.messages.next()).toMatchObject({ text: "two" });
  });

  it("an unsolicited pong with a payload, which is no message, and empty messages, which are none", async () => {
    const watched = await startServer();
    const peer = await loggedIn(watched);
    peer.send(frame(10, "no message"), frame(2), frame(1), frame(2, "a message"));
    expect(await watched.messages.next()).toMatchObject({ text: "a message" });
  });
});
