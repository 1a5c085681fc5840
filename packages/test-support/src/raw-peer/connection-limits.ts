import type { RefusalReason } from "@im/transport-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createCertificate } from "../certificate.js";
import { within } from "../recorder.js";
import { connectedSocket, harness, secured } from "./harness.js";
import type { RawServerOptions, RawTransport } from "./raw-transport.js";

const limits = [
  ["maxConnections", "max-connections"],
  ["maxConnectionsPerAddress", "max-connections-per-address"],
  ["maxAcceptsPerSecond", "accept-rate"],
] as const;

export function describeConnectionLimits(transport: RawTransport): void {
  const { start, connect, loggedIn, dial, expectToServeAGoodClient } = harness(transport);

  /** A server with one client, which is all that the options allow. */
  async function full(options: RawServerOptions) {
    const refused: RefusalReason[] = [];
    const watched = await start({ ...options, hooks: { refused: (why) => refused.push(why) } });
    return { ...watched, first: await loggedIn(watched), refused };
  }

  describe.each(limits)("beyond %s", (name, why) => {
    // The second of accepts is over when the test says so.
    beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
    afterEach(() => void vi.useRealTimers());

    it("a connection is refused before it has sent anything, and closed", async () => {
      const { port, refused } = await full({ [name]: 1 });
      const peer = await connect(port);
      await transport.expectRefusal(peer, why);
      expect(await peer.ended()).toBe("end");
      expect(refused).toEqual([why]);
    });

    it("a connection that sends its login and more reads the refusal, too: it is not reset", async () => {
      const { port } = await full({ [name]: 1 });
      for (let i = 0; i < 20; i++) {
        const peer = await connect(port);
        peer.send(transport.opening, transport.frame(2, "bob"));
        await transport.expectRefusal(peer, why);
        expect(await peer.ended()).toBe("end");
        await peer.pourAndHangUp(1024 * 1024, Buffer.alloc(64 * 1024));
        expect(peer.socket.errored).toBeNull();
      }
    });

    it("the transport's dialer reports the refusal", async () => {
      await transport.expectRefusedDial(dial(await full({ [name]: 1 })), why);
    });

    it("clients that are in are not touched, and the next gets in when there is room", async () => {
      const watched = await full({ [name]: 1 });
      await transport.expectRefusedDial(dial(watched), why);
      watched.server.push("alice", new TextEncoder().encode("still here"));
      expect(await watched.first.message()).toMatchObject({ text: "still here" });
      watched.first.reset();
      await watched.disconnects.next();
      vi.advanceTimersByTime(1_000);
      await expectToServeAGoodClient(watched);
    });
  });

  it.each([
    ["sends nothing", () => {}],
    ["begins a TLS handshake", secured],
  ])("beyond a limit, with TLS, the socket of a client that %s is destroyed before the handshake", async (_, begin) => {
    const { key, cert } = await createCertificate();
    const watched = await start({ tls: { key, cert }, maxConnections: 1 });
    const conn = await dial(watched, { tls: { ca: cert } });
    const socket = await connectedSocket(watched.port);
    const received: Buffer[] = [];
    socket.on("data", (chunk) => received.push(chunk));
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.once("end", () => void socket.destroy());
    begin(socket, cert);
    await within(closed, "the refused socket to close");
    expect(Buffer.concat(received).length, "bytes that the server sent").toBe(0);
    await conn.close();
  });

  describe("a refused connection", () => {
    it("that never ends its side is closed after a second", async () => {
      const { port } = await full({ maxConnections: 1 });
      const peer = await connect(port);
      await transport.expectRefusal(peer, "max-connections");
      const drip = setInterval(() => peer.socket.write("x"), 50);
      await peer.closed(3_000).finally(() => clearInterval(drip));
    });

    it("does not keep a server from shutting down", async () => {
      const { port, server } = await full({ maxConnections: 1 });
      const peer = await connect(port);
      await transport.expectRefusal(peer, "max-connections");
      await within(server.shutdown({ signal: AbortSignal.abort() }), "the shutdown");
    });
  });
}
