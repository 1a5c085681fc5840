import { OpCode } from "@im/transport-core";
import { describe, expect, it } from "vitest";
import { loginByName, textOf } from "../watched-server.js";
import { harness } from "./harness.js";
import type { RawTransport } from "./raw-transport.js";

export function describeLogins(transport: RawTransport): void {
  const { start, connect, open, loggedIn, expectToServeAGoodClient } = harness(transport);
  const { frame, opening } = transport;

  describe("the login wait", () => {
    it("ends the login of a peer that sends nothing, with 1008 and the reason", async () => {
      const watched = await start({ loginWaitMs: 150 });
      const peer = await open(watched.port);
      expect(await peer.close()).toEqual({ code: 1008, reason: "login took longer than the login wait" });
      expect(await watched.errors.next()).toMatchObject({ during: "accept", error: { code: "IM_ERR_LOGIN_TIMEOUT" } });
      expect(watched.disconnects.all).toEqual([]);
      await expectToServeAGoodClient(watched);
    });

    it("ends a login that arrives one byte at a time, however many bytes arrive", async () => {
      const watched = await start({ loginWaitMs: 150 });
      const peer = await open(watched.port);
      peer.send(transport.declaring(0xffffn));
      const drip = setInterval(() => peer.send(Uint8Array.of(0)), 20);
      const { code } = await peer.close().finally(() => clearInterval(drip));
      expect(code).toBe(1008);
      await expectToServeAGoodClient(watched);
    });

    it("does not touch a client that has logged in", async () => {
      const watched = await start({ loginWaitMs: 300 });
      const peer = await loggedIn(watched);
      const silent = await connect(watched.port);
      await silent.ended();
      peer.send(frame(2, "still here"));
      expect(await watched.messages.next()).toMatchObject({ text: "still here" });
    });
  });

  describe("frames that arrive in the same chunk as the login", () => {
    it("are kept, in order (fault 9)", async () => {
      const { port, messages } = await start();
      const peer = await connect(port);
      peer.send(opening, frame(2, "alice"), frame(2, "one"), frame(9, "ping"), frame(2, "two"), frame(2, "three"));
      for (const text of ["one", "two", "three"]) expect(await messages.next()).toMatchObject({ id: "alice", text });
      expect(await peer.message()).toEqual({ opCode: OpCode.Pong, text: "ping" });
    });

    it("are kept, in order, when every byte is a segment of its own", async () => {
      const { port, messages } = await start();
      const peer = await connect(port);
      await peer.drip(Buffer.concat([opening, frame(2, "alice"), frame(2, "one"), frame(2, "two")]));
      for (const text of ["one", "two"]) expect(await messages.next()).toMatchObject({ id: "alice", text });
    });

    it("wait for an Acceptor that takes its time", async () => {
      let letIn = () => {};
      const decided = new Promise<void>((resolve) => {
        letIn = resolve;
      });
      const { port, messages, admitted } = await start({
        acceptor: {
          async accept(conn, options) {
            const id = await loginByName.accept(conn, options);
            await decided;
            return id;
          },
        },
      });
      const peer = await open(port);
      peer.send(frame(2, "alice"), frame(2, "early"));
      letIn();
      await admitted.next();
      peer.send(frame(2, "late"));
      expect(await messages.next()).toMatchObject({ text: "early" });
      expect(await messages.next()).toMatchObject({ text: "late" });
    });

    it("go to a login of several steps, and the rest of them to the listener", async () => {
      const { port, messages } = await start({
        acceptor: {
          async accept(conn, { signal }) {
            const name = await conn.readFrame({ signal });
            const password = await conn.readFrame({ signal });
            conn.writeFrame(OpCode.Binary, password.payload);
            conn.flush();
            return textOf(name.payload);
          },
        },
      });
      const peer = await open(port);
      peer.send(frame(2, "alice"), frame(2, "secret"), frame(2, "first message"));
      expect(await peer.message()).toEqual({ opCode: OpCode.Binary, text: "secret" });
      expect(await messages.next()).toMatchObject({ id: "alice", text: "first message" });
    });
  });
}
