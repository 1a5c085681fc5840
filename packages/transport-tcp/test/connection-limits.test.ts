import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCertificate } from "@im/transport-compliance/certificate";
import type { RefusalReason } from "@im/transport-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { frame, RawPeer } from "./support/raw-peer.js";
import { within } from "./support/recorder.js";
import { dial, expectToServeAGoodClient, loggedIn, startServer } from "./support/tcp-server.js";

const one = [
  ["maxConnections", "max-connections"],
  ["maxConnectionsPerAddress", "max-connections-per-address"],
  ["maxAcceptsPerSecond", "accept-rate"],
] as const;

async function full(options: object) {
  const refused: RefusalReason[] = [];
  const watched = await startServer({ ...options, hooks: { refused: (why) => refused.push(why) } });
  const first = await loggedIn(watched);
  return { ...watched, first, refused };
}

describe.each(one)("beyond %s", (name, why) => {
  // The second of accepts is over when the test says so.
  beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
  afterEach(() => void vi.useRealTimers());

  it("a connection is sent Close 1013, and closed", async () => {
    const { port, refused } = await full({ [name]: 1 });
    const peer = await RawPeer.connect(port);
    expect(await peer.close()).toEqual({ code: 1013, reason: `the server takes no more connections: ${why}` });
    expect(await peer.ended()).toBe("end");
    expect(refused).toEqual([why]);
  });

  it("one that logs in all the same reads the Close, too: it is not reset", async () => {
    const { port } = await full({ [name]: 1 });
    for (let i = 0; i < 20; i++) {
      const peer = await RawPeer.connect(port);
      peer.send(frame(2, "bob"));
      expect(await peer.close()).toMatchObject({ code: 1013 });
      expect(await peer.ended()).toBe("end");
    }
  });

  it("our dialer's connection ends with 1013", async () => {
    const watched = await full({ [name]: 1 });
    const conn = await dial(watched);
    expect(await within(conn.closed, "the end")).toMatchObject({ code: 1013, clean: true });
  });

  it("those who are in are not touched, and the next gets in when there is room", async () => {
    const watched = await full({ [name]: 1 });
    await (await dial(watched)).closed;
    watched.server.push("alice", new TextEncoder().encode("still here"));
    expect((await watched.first.frame()).payload.toString()).toBe("still here");
    watched.first.reset();
    await watched.disconnects.next();
    vi.advanceTimersByTime(1_000);
    await expectToServeAGoodClient(watched);
  });
});

describe("beyond a limit, with TLS", () => {
  it("the socket is destroyed before the handshake", async () => {
    const { key, cert } = await createCertificate();
    const watched = await startServer({ tls: { key, cert }, maxConnections: 1 });
    const conn = await dial(watched, { tls: { ca: cert } });
    const socket = connect({ port: watched.port, host: "127.0.0.1" });
    socket.on("error", () => {});
    const received: Buffer[] = [];
    socket.on("data", (chunk) => received.push(chunk));
    await within(new Promise((resolve) => socket.once("close", resolve)), "the refused socket to close");
    expect(Buffer.concat(received).length, "bytes that the server said").toBe(0);
    await conn.close();
  });
});

describe("a Unix domain socket", () => {
  it("knows no addresses, so their limit does not apply; the others do", async () => {
    const path = join(tmpdir(), `im-limits-${process.pid}.sock`);
    const watched = await startServer({ path, maxConnectionsPerAddress: 1, maxConnections: 2 });
    const first = await RawPeer.connect(path);
    const second = await RawPeer.connect(path);
    for (const [peer, id] of [
      [first, "alice"],
      [second, "bob"],
    ] as const) {
      peer.send(frame(2, id));
      await watched.admitted.first((channel) => channel.id === id, id);
    }
    const third = await RawPeer.connect(path);
    expect(await third.close()).toMatchObject({ code: 1013 });
  });
});

describe("who was turned away", () => {
  it("and never hangs up is closed after a second", async () => {
    const { port } = await full({ maxConnections: 1 });
    const peer = await RawPeer.connect(port);
    await peer.close();
    const drip = setInterval(() => peer.socket.write("x"), 50);
    await within(new Promise((resolve) => peer.socket.once("close", resolve)), "the end of the refused socket", 3_000);
    clearInterval(drip);
  });

  it("does not keep a server from shutting down", async () => {
    const { port, server } = await full({ maxConnections: 1 });
    const peer = await RawPeer.connect(port);
    await peer.close();
    await within(server.shutdown({ signal: AbortSignal.abort() }), "the shutdown");
  });
});
