import { describe, expect, it } from "vitest";
import { slowLogin } from "../logins.js";
import { bytesOf } from "../watched-server.js";
import { context, harness } from "./harness.js";
import type { RawPeer } from "./raw-peer.js";
import { startRawServer } from "./raw-server.js";
import type { RawTransport } from "./raw-transport.js";

export function describeLostConnections(transport: RawTransport): void {
  const { start, open, loggedIn, expectToServeAGoodClient, closeFrame } = harness(transport);
  const { frame } = transport;

  describe.each([
    ["a reset", (peer: RawPeer) => peer.reset(), false],
    ["FIN without Close", (peer: RawPeer) => peer.hangUp(), !transport.answersClose],
  ])("%s", (_, leave, answersAClose) => {
    it("before the login reaches the Acceptor, and no listener", async () => {
      const watched = await start();
      const peer = await open(watched.port);
      leave(peer);
      expect(await watched.errors.next()).toMatchObject({ during: "accept", error: { code: "IM_ERR_CLOSED" } });
      await expectToServeAGoodClient(watched);
      expect(watched.disconnects.all).toHaveLength(1);
    });

    it.each(transport.unfinished)("in the middle %s that is the login reaches the Acceptor", async (_, bytes) => {
      const watched = await start();
      const peer = await open(watched.port);
      peer.send(bytes);
      leave(peer);
      expect(await watched.errors.next()).toMatchObject({ during: "accept", error: { code: "IM_ERR_CLOSED" } });
      await expectToServeAGoodClient(watched);
    });

    it("during the login aborts its signal, and the id that it gives late does not count", async () => {
      const login = slowLogin();
      const watched = await start({ acceptor: login.acceptor });
      const peer = await open(watched.port);
      peer.send(frame(2, "slow"));
      await login.hasBegun;
      leave(peer);
      await watched.errors.next();
      expect(login.aborted).toMatchObject([{ code: "IM_ERR_CLOSED", closeInfo: { code: 1006 } }]);
      await expectToServeAGoodClient(watched);
      expect(watched.admitted.all.map(({ id }) => id)).not.toContain("slow");
    });

    it("after the login calls disconnect once, with 1006, and a push throws", async () => {
      const watched = await start();
      const peer = await loggedIn(watched);
      leave(peer);
      expect(await watched.disconnects.next()).toMatchObject({ id: "alice", info: { code: 1006, clean: false } });
      expect(() => watched.server.push("alice", bytesOf("hello?"))).toThrow(
        expect.objectContaining({ code: "IM_ERR_UNKNOWN_CHANNEL" }),
      );
      await expectToServeAGoodClient(watched);
      expect(watched.disconnects.all.filter(({ id }) => id === "alice")).toHaveLength(1);
    });

    it("right after a message, which is received although its answer cannot arrive", async () => {
      const watched = await start({
        messageListener: { receive: (agent) => agent.id === "alice" && agent.push(bytesOf("an answer")) },
      });
      const peer = await loggedIn(watched);
      peer.send(frame(2, "last words"));
      await watched.messages.next();
      leave(peer);
      expect(await watched.disconnects.next()).toMatchObject({ id: "alice", info: { code: 1006, clean: false } });
      await expectToServeAGoodClient(watched);
    });

    it("while pushes are queued is 1006, too", async () => {
      const watched = await start();
      const peer = await loggedIn(watched);
      peer.socket.pause();
      const [channel] = watched.admitted.all;
      // More than the system takes, so that some of it waits.
      while (channel!.queuedBytes < 100_000) {
        channel!.push(new Uint8Array(50_000));
        channel!.flush();
      }
      peer.socket.resume();
      leave(peer);
      expect(await watched.disconnects.next()).toMatchObject({ id: "alice", info: { code: 1006, clean: false } });
      await expectToServeAGoodClient(watched);
    });

    it(`during the server's close is ${answersAClose ? "the answer to it" : "not clean"}`, async () => {
      const watched = await start();
      const peer = await loggedIn(watched);
      const closed = watched.admitted.all[0]!.close(4000, "go away");
      expect(await peer.close()).toEqual({ code: 4000, reason: "go away" });
      leave(peer);
      await closed;
      expect(await watched.disconnects.next()).toMatchObject({
        info: { code: 4000, reason: "go away", clean: answersAClose },
      });
      await expectToServeAGoodClient(watched);
    });

    it("right after the peer's Close changes nothing: the Close counts", async () => {
      const watched = await start();
      const peer = await loggedIn(watched);
      peer.send(frame(2, "last words"), closeFrame(1000, "bye"));
      await watched.messages.next();
      leave(peer);
      expect(await watched.disconnects.next()).toMatchObject({ info: { code: 1000, reason: "bye", clean: true } });
      await expectToServeAGoodClient(watched);
    });
  });

  it("a half-closed connection is closed by the server, and the message before is received", async () => {
    const watched = await start({ messageListener: { receive: (agent) => agent.push(bytesOf("answer")) } });
    const peer = await loggedIn(watched);
    peer.send(frame(2, "last words"));
    peer.hangUp();
    expect(await peer.ended()).toBe("end");
    expect(await watched.messages.next()).toMatchObject({ text: "last words" });
    expect(await watched.disconnects.next()).toMatchObject({ id: "alice", info: { code: 1006, clean: false } });
  });

  it("the reads of a client whose connection is reset fail with the system's error as the cause", async () => {
    const server = await startRawServer(transport.peerOn);
    const dialling = transport
      .createDialer()
      .dialAndHandshake(context(`${transport.scheme}://127.0.0.1:${server.port}`));
    const peer = await server.peers.next();
    peer.send(await transport.agreement(peer));
    const conn = await dialling;
    const reading = conn.readFrame();
    reading.catch(() => {});
    conn.writeFrame(2, bytesOf("hello"));
    conn.flush();
    await peer.frame();
    peer.reset();
    await expect(reading).rejects.toMatchObject({
      code: "IM_ERR_CLOSED",
      closeInfo: { code: 1006, clean: false },
      cause: { code: "IM_ERR_CONNECTION_LOST", cause: { code: "ECONNRESET" } },
    });
  });
}
