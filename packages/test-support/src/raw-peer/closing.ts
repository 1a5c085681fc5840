import { describe, expect, it } from "vitest";
import { Recorder, within } from "../recorder.js";
import { bytesOf, textOf } from "../watched-server.js";
import { harness } from "./harness.js";
import { closePayload, type RawFrame } from "./raw-peer.js";
import type { RawTransport } from "./raw-transport.js";

const farewell = { code: 1000, reason: "bye", clean: true };
const opCodes = (frames: readonly RawFrame[]) => frames.map(({ opCode }) => opCode);

export function describeClosing(transport: RawTransport): void {
  const { start, loggedIn, expectToServeAGoodClient, closeFrame } = harness(transport);
  const { frame } = transport;

  describe("when the server closes", () => {
    it("all that is queued leaves before the Close, and nothing after it", async () => {
      const watched = await start();
      const peer = await loggedIn(watched);
      const [channel] = watched.admitted.all;
      for (let n = 0; n < 50; n++) channel!.push(bytesOf(`push ${n} `.repeat(1 + (n % 7) * 300)));
      void channel!.close(4000, "that is all");
      expect(() => channel!.push(bytesOf("too late"))).toThrow(expect.objectContaining({ code: "IM_ERR_CLOSED" }));
      peer.send(frame(9, "too late"), frame(2, "too late"), closeFrame(4000));
      const frames = await peer.framesUntilEnd();
      expect(opCodes(frames)).toEqual([...Array(50).fill(2), 8]);
      expect(frames.at(-1)!.payload).toEqual(closePayload(4000, "that is all"));
      expect(watched.messages.all).toEqual([]);
    });

    it("what the system has not taken yet leaves before the Close, too", async () => {
      const watched = await start();
      const peer = await loggedIn(watched);
      peer.socket.pause();
      const [channel] = watched.admitted.all;
      let pushed = 0;
      for (; channel!.flush(); pushed += 8) for (let n = 0; n < 8; n++) channel!.push(new Uint8Array(300_000));
      const closed = channel!.close(1000, "bye");
      expect(channel!.queuedBytes).toBeGreaterThan(0);
      peer.socket.resume();
      peer.send(closeFrame(1000));
      const frames = await peer.framesUntilEnd();
      expect(opCodes(frames)).toEqual([...Array(pushed).fill(2), 8]);
      peer.hangUp();
      await within(closed, "the end of close");
      expect(await watched.disconnects.next()).toEqual({ id: "alice", info: farewell });
    });

    it("a peer that never answers the Close is cut after the close wait", async () => {
      const watched = await start({ closeWaitMs: 150 });
      const peer = await loggedIn(watched);
      const [channel] = watched.admitted.all;
      await within(channel!.close(1000, "bye"), "the end of close");
      expect(await peer.close()).toEqual({ code: 1000, reason: "bye" });
      expect(await watched.disconnects.next()).toMatchObject({ info: { code: 1000, clean: false } });
    });
  });

  describe("when the peer closes", () => {
    it("its messages are received, and what was pushed arrives before the server's Close", async () => {
      const watched = await start();
      const peer = await loggedIn(watched);
      watched.server.push("alice", bytesOf("pushed"));
      peer.send(frame(2, "last words"), closeFrame(1000, "bye"));
      expect(await peer.message()).toEqual({ opCode: 2, text: "pushed" });
      expect(await peer.close()).toEqual({ code: 1000, reason: "bye" });
      expect(await peer.ended()).toBe("end");
      peer.hangUp();
      expect(await watched.messages.next()).toMatchObject({ text: "last words" });
      expect(await watched.disconnects.next()).toEqual({ id: "alice", info: farewell });
      await expectToServeAGoodClient(watched);
    });

    it("with an empty Close and FIN at once, as kim's clients do, it ended with 1005, once", async () => {
      const watched = await start();
      const peer = await loggedIn(watched);
      peer.send(frame(2, "last words"), frame(8));
      peer.hangUp();
      expect(await watched.messages.next()).toMatchObject({ text: "last words" });
      expect(await watched.disconnects.next()).toEqual({ id: "alice", info: { code: 1005, reason: "", clean: true } });
      expect(await peer.framesUntilEnd()).toMatchObject([{ opCode: 8, payload: Buffer.alloc(0) }]);
      await expectToServeAGoodClient(watched);
      expect(watched.disconnects.all.filter(({ id }) => id === "alice")).toHaveLength(1);
    });

    it("without a Close, all messages that it has sent whole are received", async () => {
      const watched = await start();
      const peer = await loggedIn(watched);
      for (let n = 0; n < 50; n++) peer.send(frame(2, `message ${n}`));
      peer.hangUp();
      expect(await watched.disconnects.next()).toMatchObject({ id: "alice", info: { code: 1006 } });
      expect(watched.messages.all).toHaveLength(50);
      await expectToServeAGoodClient(watched);
    });

    it("answers to the messages before its Close leave before the server's", async () => {
      const watched = await start({ messageListener: { receive: (agent, payload) => agent.push(payload) } });
      const peer = await loggedIn(watched);
      const messages = Array.from({ length: 20 }, (_, n) => `message ${n}`);
      peer.send(...messages.map((text) => frame(2, text)), frame(9, "ping"), closeFrame(1000, "bye"));
      for (const text of messages) expect(await peer.message()).toEqual({ opCode: 2, text });
      expect(await peer.message()).toEqual({ opCode: 10, text: "ping" });
      expect(await peer.close()).toEqual({ code: 1000, reason: "bye" });
      expect(await peer.ended()).toBe("end");
      peer.hangUp();
      expect(await watched.disconnects.next()).toEqual({ id: "alice", info: farewell });
    });

    it("a push after its Close throws, and nothing leaves after the server's", async () => {
      const outcomes = new Recorder<string>("outcomes of late pushes");
      const watched = await start({
        messageListener: {
          async receive(agent, payload) {
            // The Close is in the same segment, so it is read before this goes on.
            await null;
            await null;
            try {
              agent.push(payload);
              outcomes.add(`${textOf(payload)} was queued`);
            } catch (error) {
              outcomes.add((error as { code: string }).code);
            }
          },
        },
      });
      const peer = await loggedIn(watched);
      peer.send(frame(2, "one"), closeFrame(1000, "bye"));
      const frames = await peer.framesUntilEnd();
      peer.hangUp();
      expect(await outcomes.next()).toBe("IM_ERR_CLOSED");
      expect(opCodes(frames)).toEqual([8]);
      expect(await watched.disconnects.next()).toEqual({ id: "alice", info: farewell });
    });

    it("while the server's Close is on its way, the connection ends once, cleanly", async () => {
      const watched = await start();
      const peer = await loggedIn(watched);
      void watched.admitted.all[0]!.close(4001, "ours");
      peer.send(closeFrame(4002, "theirs"));
      expect(await peer.close()).toEqual({ code: 4001, reason: "ours" });
      expect(await peer.ended()).toBe("end");
      peer.hangUp();
      expect((await watched.disconnects.next()).info.clean).toBe(true);
      expect(await peer.framesUntilEnd()).toHaveLength(1);
    });

    it.each([
      ["an empty Close", frame(8), 1005],
      ["a Close with a code", closeFrame(1000), 1000],
    ])("frames that it sends after %s are ignored", async (_, close, code) => {
      const watched = await start();
      const peer = await loggedIn(watched);
      peer.send(frame(2, "before"), close, frame(2, "after"), frame(3, "junk"));
      expect(await peer.close()).toEqual({ code, reason: "" });
      peer.hangUp();
      expect(await watched.disconnects.next()).toEqual({ id: "alice", info: { code, reason: "", clean: true } });
      expect(watched.messages.all.map(({ text }) => text)).toEqual(["before"]);
      expect(await peer.framesUntilEnd()).toHaveLength(1);
    });
  });
}
