import { describe, expect, it } from "vitest";
import { closeFrame, frame } from "./support/raw-frames.js";
import { RawPeer, upgradeRequest } from "./support/raw-peer.js";
import { bytesOf, slowLogin } from "./support/transport-neutral.js";
import { expectToServeAGoodClient, loggedIn, startServer } from "./support/ws-server.js";

describe.each([
  ["a reset", (peer: RawPeer) => peer.reset()],
  ["FIN without Close", (peer: RawPeer) => peer.hangUp()],
])("%s", (_, leave) => {
  it("before the upgrade: nobody is told, it never was a connection", async () => {
    const watched = await startServer();
    const peer = await RawPeer.connect(watched.port);
    leave(peer);
    await expectToServeAGoodClient(watched);
    expect(watched.errors.all).toEqual([]);
  });

  it("in the middle of the upgrade request", async () => {
    const watched = await startServer();
    const peer = await RawPeer.connect(watched.port);
    peer.send(upgradeRequest().subarray(0, 50));
    leave(peer);
    await expectToServeAGoodClient(watched);
    expect(watched.errors.all).toEqual([]);
  });

  it("right behind the upgrade request", async () => {
    const watched = await startServer();
    const peer = await RawPeer.connect(watched.port);
    peer.send(upgradeRequest());
    leave(peer);
    await expectToServeAGoodClient(watched);
    expect(watched.disconnects.all).toHaveLength(1);
  });

  it("before the login: the Acceptor is told, nobody else", async () => {
    const watched = await startServer();
    const peer = await RawPeer.upgraded(watched.port);
    leave(peer);
    expect(await watched.errors.next()).toMatchObject({ during: "accept", error: { code: "IM_ERR_CLOSED" } });
    await expectToServeAGoodClient(watched);
    expect(watched.disconnects.all).toHaveLength(1);
  });

  it("during the login: its signal aborts, and the id that it gives late does not count", async () => {
    const login = slowLogin();
    const watched = await startServer({ acceptor: login.acceptor });
    const peer = await RawPeer.upgraded(watched.port);
    peer.send(frame(2, "slow"));
    await login.hasBegun;
    leave(peer);
    await watched.errors.next();
    expect(login.aborted).toMatchObject([{ code: "IM_ERR_CLOSED", closeInfo: { code: 1006 } }]);
    await expectToServeAGoodClient(watched);
    expect(watched.admitted.all.map(({ id }) => id)).not.toContain("slow");
  });

  it("after the login: disconnect is told once, with 1006, and a push throws", async () => {
    const watched = await startServer();
    const peer = await loggedIn(watched);
    leave(peer);
    expect(await watched.disconnects.next()).toMatchObject({ id: "alice", info: { code: 1006, clean: false } });
    expect(() => watched.server.push("alice", bytesOf("hello?"))).toThrow(
      expect.objectContaining({ code: "IM_ERR_UNKNOWN_CHANNEL" }),
    );
    await expectToServeAGoodClient(watched);
    expect(watched.disconnects.all.filter(({ id }) => id === "alice")).toHaveLength(1);
  });

  it("right behind a message, whose answer finds nobody: the message is heard", async () => {
    const watched = await startServer({
      messageListener: { receive: (agent) => void (agent.id === "alice" && agent.push(bytesOf("an answer"))) },
    });
    const peer = await loggedIn(watched);
    peer.send(frame(2, "last words"));
    await watched.messages.next();
    leave(peer);
    expect(await watched.disconnects.next()).toMatchObject({ id: "alice", info: { code: 1006, clean: false } });
    await expectToServeAGoodClient(watched);
  });

  it("while pushes are on their way", async () => {
    const watched = await startServer();
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

  it("during our close, in place of the peer's: it is not clean", async () => {
    const watched = await startServer();
    const peer = await loggedIn(watched);
    const closed = watched.admitted.all[0]!.close(4000, "go away");
    expect(await peer.close()).toEqual({ code: 4000, reason: "go away" });
    leave(peer);
    await closed;
    expect(await watched.disconnects.next()).toMatchObject({ info: { code: 4000, reason: "go away", clean: false } });
    await expectToServeAGoodClient(watched);
  });

  it("right behind the peer's Close: the Close counts", async () => {
    const watched = await startServer();
    const peer = await loggedIn(watched);
    peer.send(frame(2, "last words"), closeFrame(1000, "bye"));
    await watched.messages.next();
    leave(peer);
    expect(await watched.disconnects.next()).toMatchObject({ info: { code: 1000, reason: "bye", clean: true } });
    await expectToServeAGoodClient(watched);
  });
});
