import { createServer } from "node:http";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { createCertificate } from "@im/transport-compliance/certificate";
import type { RefusalReason } from "@im/transport-core";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { wsDialer } from "../src/index.js";
import { RawPeer, upgradeRequest } from "./support/raw-peer.js";
import { within } from "./support/transport-neutral.js";
import { dial, expectToServeAGoodClient, loggedIn, startServer } from "./support/ws-server.js";

const one = [
  ["maxConnections", 503, "max-connections"],
  ["maxConnectionsPerAddress", 429, "max-connections-per-address"],
  ["maxAcceptsPerSecond", 429, "accept-rate"],
] as const;

async function full(options: object) {
  const refused: RefusalReason[] = [];
  const watched = await startServer({ ...options, hooks: { refused: (why) => refused.push(why) } });
  const first = await loggedIn(watched);
  return { ...watched, first, refused };
}

describe.each(one)("beyond %s", (name, status, why) => {
  // The second of accepts is over when the test says so.
  beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
  afterEach(() => void vi.useRealTimers());

  it(`a connection is answered ${status} before it has said anything, with Retry-After, and closed`, async () => {
    const { port, refused } = await full({ [name]: 1 });
    const peer = await RawPeer.connect(port);
    const head = await peer.head();
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).toMatch(/^Retry-After: 1$/m);
    expect(await peer.ended()).toBe("end");
    expect(refused).toEqual([why]);
  });

  it("one that sends its request all the same reads the answer, too: it is not reset", async () => {
    const { port } = await full({ [name]: 1 });
    for (let i = 0; i < 20; i++) {
      const peer = await RawPeer.connect(port);
      peer.send(upgradeRequest());
      expect(await peer.head()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      expect(await peer.ended()).toBe("end");
    }
  });

  it("our dialer is refused with IM_ERR_HANDSHAKE, which says the status", async () => {
    const watched = await full({ [name]: 1 });
    await expect(dial(watched)).rejects.toMatchObject({
      code: "IM_ERR_HANDSHAKE",
      message: expect.stringContaining(String(status)),
    });
  });

  it("those who are in are not touched, and the next gets in when there is room", async () => {
    const watched = await full({ [name]: 1 });
    await expect(dial(watched)).rejects.toMatchObject({ code: "IM_ERR_HANDSHAKE" });
    watched.server.push("alice", new TextEncoder().encode("still here"));
    expect(await watched.first.message()).toMatchObject({ text: "still here" });
    watched.first.reset();
    await watched.disconnects.next();
    vi.advanceTimersByTime(1_000);
    await expectToServeAGoodClient(watched);
  });

  it("an upgrade on a given HTTP server is answered in the same way", async () => {
    const own = createServer();
    onTestFinished(() => void own.close());
    await new Promise<void>((resolve) => own.listen(0, "127.0.0.1", resolve));
    const { port, refused } = await full({ server: own, [name]: 1 });
    const peer = await RawPeer.connect(port);
    peer.send(upgradeRequest());
    expect(await peer.head()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(refused).toEqual([why]);
  });
});

describe("beyond a limit, with TLS", () => {
  it("the socket is destroyed before the handshake", async () => {
    const { key, cert } = await createCertificate();
    const watched = await startServer({ tls: { key, cert }, maxConnections: 1 });
    const conn = await dial(watched, { tls: { ca: cert } });
    const socket = connect({ port: watched.port, host: "127.0.0.1" });
    const received: Buffer[] = [];
    socket.on("data", (chunk) => received.push(chunk));
    const closed = new Promise((resolve) => socket.once("close", resolve));
    connectTls({ socket, ca: cert }).on("error", () => {});
    await within(closed, "the refused socket to close");
    expect(Buffer.concat(received).length, "bytes that the server said").toBe(0);
    await conn.close();
  });
});

describe("who was turned away", () => {
  it("and never hangs up is closed after a second", async () => {
    const { port } = await full({ maxConnections: 1 });
    const peer = await RawPeer.connect(port);
    await peer.head();
    const started = performance.now();
    const drip = setInterval(() => peer.socket.write("x"), 50);
    await within(new Promise((resolve) => peer.socket.once("close", resolve)), "the end of the refused socket");
    clearInterval(drip);
    expect(performance.now() - started).toBeLessThan(3_000);
  });

  it("does not keep a server from shutting down", async () => {
    const { port, server } = await full({ maxConnections: 1 });
    const peer = await RawPeer.connect(port);
    await peer.head();
    await within(server.shutdown({ signal: AbortSignal.abort() }), "the shutdown");
  });
});

describe("the head of an upgrade request", () => {
  it("beyond maxHeaderBytes is answered 431", async () => {
    const watched = await startServer({ maxHeaderBytes: 1_000 });
    const peer = await RawPeer.connect(watched.port);
    peer.send(upgradeRequest("/", { Padding: "x".repeat(1_000) }));
    expect(await peer.head()).toMatch(/^HTTP\/1\.1 431 /);
    await expectToServeAGoodClient(watched);
  });

  it("within it is taken", async () => {
    const watched = await startServer({ maxHeaderBytes: 2_000 });
    const dialer = wsDialer({ headers: { Padding: "x".repeat(1_000) } });
    const conn = await dialer.dialAndHandshake({ id: "", name: "", address: watched.server.dialUrl, timeoutMs: 5_000 });
    conn.destroy();
  });
});
