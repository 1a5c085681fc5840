import { describe, expect, it } from "vitest";
import { slowLogin } from "./support/logins.js";
import { frame, RawPeer } from "./support/raw-peer.js";
import { expectToServeAGoodClient, loggedIn, startServer } from "./support/tcp-server.js";
import { bytesOf } from "./support/watched-server.js";

describe.each([
  ["a reset", (peer: RawPeer) => peer.reset()],
  ["FIN without Close", (peer: RawPeer) => peer.hangUp()],
])("%s", (_, leave) => {
  it("before the login: the Acceptor is told, nobody else", async () => {
    const watched = await startServer();
    const peer = await RawPeer.connect(watched.port);
    leave(peer);
    expect(await watched.errors.next()).toMatchObject({ during: "accept", error: { code: "IM_ERR_CLOSED" } });
    await expectToServeAGoodClient(watched);
    expect(watched.disconnects.all).toHaveLength(1);
  });

  it("in the middle of the login's frame", async () => {
    const watched = await startServer();
    const peer = await RawPeer.connect(watched.port);
    peer.send(Buffer.from("02000000", "hex"));
    leave(peer);
    expect(await watched.errors.next()).toMatchObject({ during: "accept", error: { code: "IM_ERR_CLOSED" } });
    await expectToServeAGoodClient(watched);
  });

  it("during the login: its signal aborts, and the id that it gives late does not count", async () => {
    const login = slowLogin();
    const watched = await startServer({ acceptor: login.acceptor });
    const peer = await RawPeer.connect(watched.port);
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
    expect(await watched.disconnects.next()).toMatchObject({ id: "alice", info: { clean: false } });
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
    const { info } = await watched.disconnects.next();
    expect(info).toMatchObject({ code: 4000, reason: "go away" });
    await expectToServeAGoodClient(watched);
  });
});

it("a reset during our close is told of as not clean", async () => {
  const watched = await startServer();
  const peer = await loggedIn(watched);
  void watched.admitted.all[0]!.close(4000, "go away");
  await peer.close();
  peer.reset();
  expect(await watched.disconnects.next()).toMatchObject({ info: { code: 4000, clean: false } });
});

it("a half-closed connection is closed by us, and the message before is heard", async () => {
  const watched = await startServer({ messageListener: { receive: (agent) => void agent.push(bytesOf("answer")) } });
  const peer = await loggedIn(watched);
  peer.send(frame(2, "last words"));
  peer.hangUp();
  expect(await peer.ended()).toBe("end");
  expect(await watched.messages.next()).toMatchObject({ text: "last words" });
  expect(await watched.disconnects.next()).toMatchObject({ id: "alice", info: { code: 1006, clean: false } });
});

it("a client's connection that is reset fails its reads with the system's error as the cause", async () => {
  const { createServer } = await import("node:net");
  const { tcpDialer } = await import("../src/index.js");
  const server = createServer((socket) => socket.once("data", () => socket.resetAndDestroy()));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const conn = await tcpDialer().dialAndHandshake({ id: "", name: "", address: `127.0.0.1:${port}`, timeoutMs: 5000 });
  const reading = conn.readFrame();
  conn.writeFrame(2, bytesOf("hello"));
  conn.flush();
  await expect(reading).rejects.toMatchObject({
    code: "IM_ERR_CLOSED",
    closeInfo: { code: 1006 },
    cause: { code: "IM_ERR_CONNECTION_LOST", cause: { code: "ECONNRESET" } },
  });
  await new Promise((resolve) => server.close(resolve));
});
