import { OpCode } from "@im/transport-core";
import { describe, expect, it } from "vitest";
import { encodeFrame } from "../src/index.js";
import { closeFrame, frame, kim, RawPeer } from "./support/raw-peer.js";
import { expectToServeAGoodClient, startServer } from "./support/tcp-server.js";
import { frameVectors, payloadOf } from "./support/vectors.js";

describe("a client of kim", () => {
  it("logs in, and what it sends is heard byte for byte", async () => {
    const { port, messages } = await startServer();
    const peer = await RawPeer.connect(port);
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

  it("gets 0a 00000000 for its ping 09 00000000", async () => {
    const { port } = await startServer();
    const peer = await RawPeer.connect(port);
    peer.send(frame(2, "alice"), kim.ping);
    expect(await peer.frame()).toEqual({ opCode: 0xa, payload: Buffer.alloc(0) });
  });

  it("gets the payload of its ping back", async () => {
    const { port } = await startServer();
    const peer = await RawPeer.connect(port);
    peer.send(frame(2, "alice"), frame(9, "abc"));
    expect(await peer.frame()).toEqual({ opCode: 0xa, payload: Buffer.from("abc") });
  });

  it("that sends a pong with a payload is not heard: it is no message", async () => {
    const { port, messages } = await startServer();
    const peer = await RawPeer.connect(port);
    peer.send(frame(2, "alice"), frame(0xa, "no message"), frame(2, ""), frame(2, "a message"));
    expect(await messages.next()).toMatchObject({ text: "a message" });
  });

  it("sends text and continuation as messages too", async () => {
    const { port, messages } = await startServer();
    const peer = await RawPeer.connect(port);
    peer.send(frame(2, "alice"), frame(1, "text"), frame(0, "continuation"));
    expect(await messages.next()).toMatchObject({ text: "text", opCode: OpCode.Text });
    expect(await messages.next()).toMatchObject({ text: "continuation", opCode: OpCode.Continuation });
  });

  it("closes with 08 00000000 and FIN at once, and is told of as 1005, once", async () => {
    const watched = await startServer();
    const peer = await RawPeer.connect(watched.port);
    peer.send(frame(2, "alice"), frame(2, "last words"), kim.close);
    peer.hangUp();
    expect(await watched.messages.next()).toMatchObject({ text: "last words" });
    expect(await watched.disconnects.next()).toEqual({ id: "alice", info: { code: 1005, reason: "", clean: true } });
    expect(await peer.framesUntilEnd()).toEqual([{ opCode: 8, payload: Buffer.alloc(0) }]);
    await expectToServeAGoodClient(watched);
    expect(watched.disconnects.all.filter(({ id }) => id === "alice")).toHaveLength(1);
  });

  it("that only says Close gets Close back, and FIN", async () => {
    const { port, disconnects } = await startServer();
    const peer = await RawPeer.connect(port);
    peer.send(frame(2, "alice"), closeFrame(1000, "bye"));
    expect(await peer.close()).toEqual({ code: 1000, reason: "bye" });
    expect(await peer.ended()).toBe("end");
    peer.hangUp();
    expect(await disconnects.next()).toEqual({ id: "alice", info: { code: 1000, reason: "bye", clean: true } });
  });
});

describe("frames glued to the login", () => {
  it("in one segment are kept, in order (fault 9)", async () => {
    const { port, messages } = await startServer();
    const peer = await RawPeer.connect(port);
    peer.send(frame(2, "alice"), frame(2, "one"), frame(9, "ping"), frame(2, "two"), frame(2, "three"));
    for (const text of ["one", "two", "three"]) expect(await messages.next()).toMatchObject({ id: "alice", text });
    expect(await peer.frame()).toEqual({ opCode: 0xa, payload: Buffer.from("ping") });
  });

  it("one byte per segment are kept, in order", async () => {
    const { port, messages } = await startServer();
    const peer = await RawPeer.connect(port);
    await peer.drip(Buffer.concat([frame(2, "alice"), frame(2, "one"), frame(2, "two")]));
    for (const text of ["one", "two"]) expect(await messages.next()).toMatchObject({ id: "alice", text });
  });

  it("wait for a login that takes its time", async () => {
    let letIn = () => {};
    const decided = new Promise<void>((resolve) => {
      letIn = resolve;
    });
    const { port, messages, admitted } = await startServer({
      acceptor: {
        async accept(conn, { signal }) {
          await conn.readFrame({ signal });
          await decided;
          return "alice";
        },
      },
    });
    const peer = await RawPeer.connect(port);
    peer.send(frame(2, "login"), frame(2, "early"));
    letIn();
    await admitted.next();
    peer.send(frame(2, "late"));
    expect(await messages.next()).toMatchObject({ text: "early" });
    expect(await messages.next()).toMatchObject({ text: "late" });
  });

  it("go to a login of several steps, and what is left of them to the listener", async () => {
    const { port, messages } = await startServer({
      acceptor: {
        async accept(conn, { signal }) {
          const name = await conn.readFrame({ signal });
          const password = await conn.readFrame({ signal });
          conn.writeFrame(OpCode.Binary, password.payload);
          conn.flush();
          return new TextDecoder().decode(name.payload);
        },
      },
    });
    const peer = await RawPeer.connect(port);
    peer.send(frame(2, "alice"), frame(2, "secret"), frame(2, "first message"));
    expect(await peer.frame()).toEqual({ opCode: 2, payload: Buffer.from("secret") });
    expect(await messages.next()).toMatchObject({ id: "alice", text: "first message" });
  });
});
