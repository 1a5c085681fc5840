import { describe, expect, it } from "vitest";
import { within } from "../recorder.js";
import { bytesOf } from "../watched-server.js";
import { context, harness } from "./harness.js";
import type { RawTransport } from "./raw-transport.js";

export function describeShutdown(transport: RawTransport): void {
  const { start, open, loggedIn, expectToServeAGoodClient, answerClose } = harness(transport);
  const { frame } = transport;

  describe("shutdown", () => {
    it("sends each peer what was pushed, then Close 1001 with a reason, then FIN", async () => {
      const watched = await start();
      const peers = await Promise.all(["a", "b", "c"].map((id) => loggedIn(watched, id)));
      watched.server.broadcast(bytesOf("last push"));
      const report = watched.server.shutdown();
      for (const peer of peers) {
        expect(await peer.message()).toEqual({ opCode: 2, text: "last push" });
        expect(await peer.close()).toEqual({ code: 1001, reason: "the server is shutting down" });
        answerClose(peer, 1001);
        expect(await peer.ended()).toBe("end");
        peer.hangUp();
      }
      expect(await within(report, "the end of shutdown")).toEqual({ clean: 3, cut: 0 });
      expect(watched.disconnects.all.map(({ id, info }) => [id, info.code, info.clean]).sort()).toEqual([
        ["a", 1001, true],
        ["b", 1001, true],
        ["c", 1001, true],
      ]);
    });

    it("with a signal that is aborted cuts all connections at once", async () => {
      const watched = await start();
      const peers = await Promise.all(["a", "b"].map((id) => loggedIn(watched, id)));
      const report = await within(watched.server.shutdown({ signal: AbortSignal.abort() }), "the end of shutdown");
      expect(report).toEqual({ clean: 0, cut: 2 });
      await Promise.all(peers.map((peer) => peer.ended()));
      expect(watched.disconnects.all).toHaveLength(2);
    });

    it("does not wait longer than twice the write wait for a peer that never answers", async () => {
      const watched = await start({ writeWaitMs: 150 });
      const peer = await loggedIn(watched, "silent");
      const report = await within(watched.server.shutdown(), "the end of shutdown");
      expect(report).toEqual({ clean: 0, cut: 1 });
      expect(await peer.close()).toMatchObject({ code: 1001 });
      expect(await watched.disconnects.next()).toMatchObject({ id: "silent", info: { code: 1001, clean: false } });
    });

    it("refuses a login that is under way with 1001", async () => {
      const watched = await start();
      const peer = await open(watched.port);
      await expectToServeAGoodClient(watched);
      const report = watched.server.shutdown();
      expect(await peer.close()).toEqual({ code: 1001, reason: "the server is shutting down" });
      answerClose(peer, 1001);
      peer.hangUp();
      expect(await within(report, "the end of shutdown")).toEqual({ clean: 1, cut: 0 });
      expect(watched.disconnects.all.filter(({ id }) => !id.startsWith("good"))).toEqual([]);
    });

    it("that lets logins finish lets a client in that had connected before, then closes it", async () => {
      const watched = await start();
      const peer = await open(watched.port);
      await expectToServeAGoodClient(watched);
      const report = watched.server.shutdown({ finishLogins: true });
      peer.send(transport.frame(2, "late"));
      await watched.admitted.first(({ id }) => id === "late", "the late client");
      expect(await peer.close()).toMatchObject({ code: 1001 });
      answerClose(peer, 1001);
      peer.hangUp();
      expect(await within(report, "the end of shutdown")).toEqual({ clean: 1, cut: 0 });
    });

    it("stops listening before it closes connections", async () => {
      const watched = await start();
      const peer = await loggedIn(watched);
      const report = watched.server.shutdown();
      await peer.close();
      const address = `${transport.scheme}://127.0.0.1:${watched.port}`;
      await expect(transport.createDialer().dialAndHandshake(context(address))).rejects.toMatchObject({
        code: "IM_ERR_CONNECT",
        cause: { code: "ECONNREFUSED" },
      });
      answerClose(peer, 1001);
      peer.hangUp();
      expect(await within(report, "the end of shutdown")).toEqual({ clean: 1, cut: 0 });
    });

    it("during traffic answers every message that was received before its Close, and reports each end once", async () => {
      const watched = await start({
        messageListener: {
          receive: async (agent, payload) => {
            await new Promise((resolve) => setImmediate(resolve));
            agent.push(payload);
          },
        },
      });
      const ids = Array.from({ length: 20 }, (_, n) => `peer ${n}`);
      const peers = await Promise.all(ids.map((id) => loggedIn(watched, id)));
      const traffic = setInterval(() => {
        for (const peer of peers) if (peer.socket.writable) peer.send(frame(2, "a"), frame(2, "b"), frame(9, "c"));
      }, 1);
      await watched.messages.until(() => watched.messages.all.length >= 200, "200");
      const report = watched.server.shutdown();
      const closes = Promise.all(
        peers.map(async (peer) => {
          while ((await peer.frame()).opCode !== 8);
          answerClose(peer, 1001);
          peer.hangUp();
        }),
      );
      await within(closes, "a Close at every peer").finally(() => clearInterval(traffic));
      expect(await within(report, "the end of shutdown")).toEqual({ clean: 20, cut: 0 });
      for (const [n, peer] of peers.entries()) {
        const opCodes = (await peer.framesUntilEnd()).map(({ opCode }) => opCode);
        const received = watched.messages.all.filter(({ id }) => id === ids[n]);
        expect(opCodes.indexOf(8)).toBe(opCodes.length - 1);
        expect(opCodes.filter((opCode) => opCode === 2)).toHaveLength(received.length);
      }
      await watched.disconnects.until(() => watched.disconnects.all.length >= 20, "20");
      expect(watched.disconnects.all.map(({ id }) => id).sort()).toEqual([...ids].sort());
      expect(watched.errors.all).toEqual([]);
    });
  });
}
