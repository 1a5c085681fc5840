import { OpCode } from "@im/transport-core";
import { describe, expect, it } from "vitest";
import { encodeFrame } from "../src/index.js";
import { frame } from "./support/raw-frames.js";
import { connect, start } from "./support/raw-tcp.js";
import { frameVectors, payloadOf } from "./support/vectors.js";

describe("a client of kim", () => {
  it("logs in, and what it sends is received byte for byte", async () => {
    const { port, messages } = await start();
    const peer = await connect(port);
    const carried = frameVectors.filter(({ name }) => name.includes("carrying"));
    peer.send(frame(2, "alice"), ...carried.map((vector) => encodeFrame(vector.opcode, payloadOf(vector))));
    expect(carried).toHaveLength(3);
    for (const vector of carried) {
      const { id, opCode, payload } = await messages.next();
      expect({ id, opCode, hex: Buffer.from(payload).toString("hex") }).toEqual({
        id: "alice",
        opCode: OpCode.Binary,
        hex: vector.payload_hex,
      });
    }
  });

  it("gets 0a 00000000 for its Ping 09 00000000", async () => {
    const { port } = await start();
    const peer = await connect(port);
    peer.send(frame(2, "alice"), Buffer.from("0900000000", "hex"));
    expect(await peer.frame()).toEqual({ opCode: 0xa, payload: Buffer.alloc(0) });
  });

  it("gets the payload of its Ping back", async () => {
    const { port } = await start();
    const peer = await connect(port);
    peer.send(frame(2, "alice"), frame(9, "abc"));
    expect(await peer.frame()).toEqual({ opCode: 0xa, payload: Buffer.from("abc") });
  });

  it("may send a Pong with a payload, which is no message, and an empty message, which is none", async () => {
    const { port, messages } = await start();
    const peer = await connect(port);
    peer.send(frame(2, "alice"), frame(0xa, "no message"), frame(2, ""), frame(2, "a message"));
    expect(await messages.next()).toMatchObject({ text: "a message" });
  });

  it("sends Text and Continuation as messages too", async () => {
    const { port, messages } = await start();
    const peer = await connect(port);
    peer.send(frame(2, "alice"), frame(1, "text"), frame(0, "continuation"));
    expect(await messages.next()).toMatchObject({ text: "text", opCode: OpCode.Text });
    expect(await messages.next()).toMatchObject({ text: "continuation", opCode: OpCode.Continuation });
  });

  it("gets 08 00000000 for its Close 08 00000000, and FIN", async () => {
    const { port } = await start();
    const peer = await connect(port);
    peer.send(frame(2, "alice"), Buffer.from("0800000000", "hex"));
    peer.hangUp();
    expect(await peer.framesUntilEnd()).toEqual([{ opCode: 8, payload: Buffer.alloc(0) }]);
    expect(await peer.ended()).toBe("end");
  });
});
