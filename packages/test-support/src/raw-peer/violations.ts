import { describe, expect, it } from "vitest";
import { harness } from "./harness.js";
import type { RawTransport } from "./raw-transport.js";

/** What breaks the protocol, the close code for it, and what the reason says. */
export type Violation = readonly [what: string, bytes: Buffer, code: number, reason?: RegExp];

/** @param violations those of the transport's own protocol */
export function describeViolations(transport: RawTransport, violations: readonly Violation[]): void {
  const { start, open, loggedIn, expectToServeAGoodClient } = harness(transport);
  const { frame } = transport;

  describe("a peer that breaks the protocol is closed with the code for it, and no other notices", () => {
    const cases = violations.map(([what, bytes, code, reason = /./]) => [what, { bytes, code, reason }] as const);
    it.each(cases)("%s", async (_, { bytes, code, reason }) => {
      const watched = await start();
      const peer = await loggedIn(watched);
      peer.send(frame(2, "before"), bytes, frame(2, "after"));
      const close = await peer.close();
      expect(close.code).toBe(code);
      expect(close.reason).toMatch(reason);
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

    it("before its login, too", async () => {
      const watched = await start();
      const peer = await open(watched.port);
      peer.send(frame(3, "hi"));
      expect(await peer.close()).toMatchObject({ code: 1002 });
      peer.hangUp();
      expect(await watched.errors.next()).toMatchObject({ during: "accept", error: { code: "IM_ERR_CLOSED" } });
      expect(watched.admitted.all).toEqual([]);
      await expectToServeAGoodClient(watched);
    });

    it("after what was pushed before", async () => {
      const watched = await start({ messageListener: { receive: (agent, payload) => agent.push(payload) } });
      const peer = await loggedIn(watched);
      peer.send(frame(2, "one"), frame(9, "two"), frame(2, "three"), frame(3));
      expect(await peer.message()).toEqual({ opCode: 2, text: "one" });
      expect(await peer.message()).toEqual({ opCode: 10, text: "two" });
      expect(await peer.message()).toEqual({ opCode: 2, text: "three" });
      expect(await peer.close()).toMatchObject({ code: 1002 });
    });

    it.each([
      ["is silent", 0],
      ["sends on", 64 * 1024],
    ])("and is cut after the close wait if it does not end its side: one that %s", async (_, floodBytes) => {
      const watched = await start({ closeWaitMs: 200 });
      const peer = await loggedIn(watched);
      peer.send(frame(3, "hi"));
      await peer.close();
      const flood = setInterval(() => peer.send(Buffer.alloc(floodBytes)), 5);
      const { id, info } = await watched.disconnects.next().finally(() => clearInterval(flood));
      expect({ id, info }).toMatchObject({ id: "alice", info: { code: 1002, clean: false } });
      await expectToServeAGoodClient(watched);
    });

    it.each([
      [1002, frame(3, "hi")],
      [1009, transport.declaring(transport.largestLength)],
    ])("and never ends clean, even if it ends its side at once (%d)", async (code, bytes) => {
      const watched = await start();
      const peer = await loggedIn(watched);
      peer.send(bytes);
      peer.hangUp();
      expect(await watched.disconnects.next()).toMatchObject({ info: { code, clean: false } });
    });
  });
}
