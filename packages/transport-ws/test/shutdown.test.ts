import { describe, expect, it } from "vitest";
import { closeFrame, frame } from "./support/raw-frames.js";
import { RawPeer } from "./support/raw-peer.js";
import { bytesOf, within } from "./support/transport-neutral.js";
import { expectToServeAGoodClient, loggedIn, startServer } from "./support/ws-server.js";

describe("the client first", () => {
  it("gracefully: what it sent is heard, what was pushed arrives before our Close", async () => {
    const watched = await startServer();
    const peer = await loggedIn(watched);
    watched.server.push("alice", bytesOf("pushed"));
    peer.send(frame(2, "last words"), closeFrame(1000, "bye"));
    expect(await peer.message()).toEqual({ opCode: 2, text: "pushed" });
    expect(await peer.close()).toEqual({ code: 1000, reason: "bye" });
    expect(await peer.ended()).toBe("end");
    peer.hangUp();
    expect(await watched.messages.next()).toMatchObject({ text: "last words" });
    expect(await watched.disconnects.next()).toEqual({ id: "alice", info: { code: 1000, reason: "bye", clean: true } });
    await expectToServeAGoodClient(watched);
  });

  it("abruptly: all it had sent whole is heard", async () => {
    const watched = await startServer();
    const peer = await loggedIn(watched);
    for (let n = 0; n < 50; n++) peer.send(frame(2, `message ${n}`));
    peer.hangUp();
    expect(await watched.disconnects.next()).toMatchObject({ id: "alice", info: { code: 1006 } });
    expect(watched.messages.all).toHaveLength(50);
    await expectToServeAGoodClient(watched);
  });
});

describe("the server first", () => {
  it("gracefully: peers get what was pushed, then Close 1001 with words, then FIN", async () => {
    const watched = await startServer();
    const peers = await Promise.all(["a", "b", "c"].map((id) => loggedIn(watched, id)));
    watched.server.broadcast(bytesOf("last push"));
    const report = watched.server.shutdown();
    for (const peer of peers) {
      expect(await peer.message()).toEqual({ opCode: 2, text: "last push" });
      expect(await peer.close()).toEqual({ code: 1001, reason: "the server is shutting down" });
      peer.send(closeFrame(1001));
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

  it("abruptly, with a signal that is aborted: everybody is cut at once", async () => {
    const watched = await startServer();
    const peers = await Promise.all(["a", "b"].map((id) => loggedIn(watched, id)));
    const report = await within(watched.server.shutdown({ signal: AbortSignal.abort() }), "the end of shutdown");
    expect(report).toEqual({ clean: 0, cut: 2 });
    await Promise.all(peers.map((peer) => peer.ended()));
    expect(watched.disconnects.all).toHaveLength(2);
  });

  it("does not wait for a peer that never answers longer than twice the write wait", async () => {
    const watched = await startServer({ writeWaitMs: 150 });
    const peer = await loggedIn(watched, "deaf");
    const report = await within(watched.server.shutdown(), "the end of shutdown");
    expect(report).toEqual({ clean: 0, cut: 1 });
    expect(await peer.close()).toMatchObject({ code: 1001 });
    expect(await watched.disconnects.next()).toMatchObject({ id: "deaf", info: { code: 1001, clean: false } });
  });

  it("refuses a login that is under way with 1001, and cuts an upgrade that is", async () => {
    const watched = await startServer();
    const silent = await RawPeer.connect(watched.port);
    const peer = await RawPeer.upgraded(watched.port);
    const report = watched.server.shutdown();
    expect(await peer.close()).toEqual({ code: 1001, reason: "the server is shutting down" });
    peer.send(closeFrame(1001));
    peer.hangUp();
    await silent.ended();
    expect(await within(report, "the end of shutdown")).toEqual({ clean: 1, cut: 0 });
    expect(watched.disconnects.all).toEqual([]);
  });

  it("during traffic: every message that was heard is answered before the Close, and all is told once", async () => {
    const watched = await startServer({
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
    const said = Promise.all(
      peers.map(async (peer) => {
        for (let first = 0; first !== 0x88; ) ({ first } = await peer.frame());
        peer.send(closeFrame(1001));
        peer.hangUp();
      }),
    );
    await within(said, "a Close for everybody").finally(() => clearInterval(traffic));
    expect(await within(report, "the end of shutdown")).toEqual({ clean: 20, cut: 0 });
    for (const [n, peer] of peers.entries()) {
      const opCodes = (await peer.framesUntilEnd()).map(({ first }) => first & 0xf);
      const heard = watched.messages.all.filter(({ id }) => id === ids[n]);
      expect(opCodes.indexOf(8)).toBe(opCodes.length - 1);
      expect(opCodes.filter((opCode) => opCode === 2)).toHaveLength(heard.length);
    }
    await watched.disconnects.until(() => watched.disconnects.all.length >= 20, "20");
    expect(watched.disconnects.all.map(({ id }) => id).sort()).toEqual([...ids].sort());
    expect(watched.errors.all).toEqual([]);
  });
});
