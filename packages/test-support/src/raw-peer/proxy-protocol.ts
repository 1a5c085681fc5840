import { execFileSync } from "node:child_process";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import type { Address, RefusalReason } from "@im/transport-core";
import { beforeAll, describe, expect, it } from "vitest";
import { createCertificate } from "../certificate.js";
import { malformedHeaders, validHeaders } from "../proxy-headers.js";
import { Recorder } from "../recorder.js";
import { connectedSocket, harness, secured } from "./harness.js";
import { invalidOption } from "./options.js";
import type { RawPeer } from "./raw-peer.js";
import type { RawServerOptions, RawTransport } from "./raw-transport.js";

const PROXY = "127.0.0.1";
const OUTSIDE = "127.0.0.2";
const client = { host: "203.0.113.9", port: 40_000 };
const headerOf = ({ host, port }: Address = client) => Buffer.from(`PROXY TCP4 ${host} 192.0.2.1 ${port} 443\r\n`);

/** Connects, sends these bytes, and resets the connection, while this process accepts none. */
function resetFromOutside(port: number, bytes: Buffer): void {
  const program = `
    const socket = require("node:net").connect({ port: ${port}, host: "127.0.0.1", localAddress: "${OUTSIDE}" });
    socket.write(Buffer.from("${bytes.toString("hex")}", "hex"), () => socket.resetAndDestroy());`;
  execFileSync(process.execPath, ["-e", program]);
}

/** A socket whose first write has these bytes before it, in one segment. */
function following(prefix: Buffer, socket: Socket): Duplex {
  let head = prefix;
  const duplex = new Duplex({
    read: () => void socket.resume(),
    write(chunk: Buffer, _encoding, done) {
      socket.write(Buffer.concat([head, chunk]), done);
      head = Buffer.alloc(0);
    },
  });
  socket.on("data", (chunk) => void duplex.push(chunk)).on("close", () => void duplex.destroy());
  return duplex;
}

export function describeProxyProtocol(transport: RawTransport): void {
  const { start, connect } = harness(transport);
  const { frame, opening } = transport;
  let tls: { key: string; cert: string };
  beforeAll(async () => {
    tls = await createCertificate();
  });

  /** A server behind a proxy on 127.0.0.1. */
  async function behindProxy(options: Omit<RawServerOptions, "hooks"> = {}) {
    const refused = new Recorder<{ readonly why: RefusalReason; readonly host: string }>("refusals");
    const hosts = new Set<string>();
    const watched = await start({
      trustedProxies: [PROXY],
      proxyProtocol: true,
      ...options,
      hooks: {
        accepted: ({ host }) => hosts.add(host),
        refused: (why, { host }) => refused.add({ why, host }),
      },
    } as RawServerOptions);
    return { ...watched, refused, hosts };
  }

  const peerFrom = async (host: string, port: number) => transport.peerOn(await connectedSocket(port, host));
  const login = (id: string) => Buffer.concat([opening, frame(2, id)]);

  describe("a server behind a proxy that sends PROXY headers", () => {
    it("has the address of each client, wherever its header is cut", async () => {
      const { port, admitted, hosts } = await behindProxy();
      const connecting = validHeaders.map(async ({ bytes, client }, index) => {
        const peer = await peerFrom(PROXY, port);
        await peer.drip(bytes);
        peer.send(login(`${index}`));
        const channel = await admitted.first(({ id }) => id === `${index}`, `client ${index}`);
        const own = { host: PROXY, port: peer.socket.localPort };
        expect(channel.remoteAddress, validHeaders[index]!.what).toEqual(client ?? own);
      });
      await Promise.all(connecting);
      expect(hosts).toEqual(new Set(validHeaders.map(({ client }) => client?.host ?? PROXY)));
    });

    it("has it before TLS as well", async () => {
      const { port, admitted } = await behindProxy({ tls });
      const connecting = validHeaders.map(async ({ bytes, client }, index) => {
        const socket = await connectedSocket(port, PROXY);
        const half = Math.floor(bytes.length / 2);
        socket.write(bytes.subarray(0, half));
        const rest = following(bytes.subarray(half), socket);
        secured(rest as Socket, tls.cert).write(login(`${index}`));
        const channel = await admitted.first(({ id }) => id === `${index}`, `client ${index}`);
        expect(channel.remoteAddress).toEqual(client ?? { host: PROXY, port: socket.localPort });
      });
      await Promise.all(connecting);
    });

    it.each([
      ["a plain server", () => ({})],
      ["a server with TLS", () => ({ tls })],
    ])("%s closes a connection with a malformed header, wherever it is cut, before any login", async (_, options) => {
      const { port, admitted, refused, errors } = await behindProxy(options());
      const connecting = malformedHeaders.map(async ({ bytes }) => {
        const peer = await peerFrom(PROXY, port);
        await peer.drip(bytes.subarray(0, 120));
        peer.send(bytes.subarray(120), login("mallory"));
        await peer.ended();
      });
      await Promise.all(connecting);
      await refused.until(() => refused.all.length === malformedHeaders.length, "every one");
      expect(new Set(refused.all.map(({ why, host }) => `${why} ${host}`))).toEqual(new Set([`proxy-header ${PROXY}`]));
      expect(admitted.all).toEqual([]);
      expect(errors.all).toEqual([]);
    });

    it.each([
      ["a login without a header", login("mallory")],
      ["a TLS handshake without a header", Buffer.from("16030102000100", "hex")],
    ])("closes a connection that begins with %s", async (_, bytes) => {
      const { port, refused } = await behindProxy();
      const peer = await peerFrom(PROXY, port);
      peer.send(bytes);
      await peer.ended();
      expect(await refused.next()).toEqual({ why: "proxy-header", host: PROXY });
    });

    it.each([
      ["sends nothing", () => {}],
      ["sends half a header", (peer: RawPeer) => peer.send(headerOf().subarray(0, 20))],
      ["sends half a header and FIN", (peer: RawPeer) => peer.send(headerOf().subarray(0, 20)) ?? peer.hangUp()],
      ["sends half a header and resets", (peer: RawPeer) => peer.send(headerOf().subarray(0, 20)) ?? peer.reset()],
    ])("closes a connection that %s within the login wait", async (_, act) => {
      const { port, refused } = await behindProxy({ loginWaitMs: 200 });
      const peer = await peerFrom(PROXY, port);
      act(peer);
      expect(await refused.next()).toEqual({ why: "proxy-header", host: PROXY });
      if (!peer.socket.destroyed) await peer.ended();
    });

    it("keeps what arrives in the same chunk as the header", async () => {
      const { port, messages } = await behindProxy();
      const peer = await peerFrom(PROXY, port);
      peer.send(headerOf(), login("alice"), frame(2, "first"));
      expect(await messages.next()).toMatchObject({ id: "alice", text: "first" });
    });

    it("counts connections per address by the address of the client", async () => {
      const watched = await behindProxy({ maxConnectionsPerAddress: 1 });
      const peerOf = async (address: Address) => {
        const peer = await peerFrom(PROXY, watched.port);
        peer.send(headerOf(address));
        return peer;
      };
      const first = await peerOf({ ...client, port: 1 });
      first.send(login("first"));
      await watched.admitted.next();
      await transport.expectRefusal(await peerOf({ ...client, port: 2 }), "max-connections-per-address");
      expect(await watched.refused.next()).toEqual({ why: "max-connections-per-address", host: client.host });
      (await peerOf({ host: "203.0.113.10", port: 3 })).send(login("other"));
      await watched.admitted.next();
      first.reset();
      await watched.disconnects.next();
      (await peerOf({ ...client, port: 4 })).send(login("again"));
      await watched.admitted.next();
    });

    it("destroys the socket of a client beyond its limit before the TLS handshake", async () => {
      const { port, refused } = await behindProxy({ tls, maxConnectionsPerAddress: 1 });
      const send = async () => {
        const peer = await peerFrom(PROXY, port);
        peer.send(headerOf());
        return peer;
      };
      const peers = await Promise.all([send(), send()]);
      await Promise.race(peers.map((peer) => peer.ended()));
      expect(await refused.next()).toMatchObject({ why: "max-connections-per-address" });
    });
  });

  describe("an address that is not a trusted proxy", () => {
    it("has none of the addresses that it claims, and no place", async () => {
      const { port, admitted, refused, hosts } = await behindProxy({ loginWaitMs: 1_000 });
      const headers = [...validHeaders, ...malformedHeaders];
      const connecting = headers.map(async ({ bytes }) => {
        const peer = await peerFrom(OUTSIDE, port);
        peer.send(bytes, login("mallory"));
        await peer.ended();
      });
      await Promise.all(connecting);
      await refused.until(() => refused.all.length === headers.length, "every one");
      expect(hosts).toEqual(new Set([OUTSIDE]));
      expect(new Set(refused.all.map(({ host }) => host))).toEqual(new Set([OUTSIDE]));
      expect(admitted.all).toEqual([]);
    });

    it("is not trusted as a Unix domain socket if it resets its connection before it is accepted", async () => {
      const { port, admitted, hosts } = await behindProxy({ trustedProxies: [PROXY, "unix:"] } as RawServerOptions);
      resetFromOutside(port, headerOf());
      const peer = await peerFrom(PROXY, port);
      peer.send(headerOf({ ...client, host: "203.0.113.10" }), login("alice"));
      await admitted.next();
      expect(hosts).not.toContain(client.host);
    });

    it("is served under its own address, without a header", async () => {
      const { port, admitted } = await behindProxy();
      const peer = await peerFrom(OUTSIDE, port);
      peer.send(login("alice"));
      expect((await admitted.next()).remoteAddress).toEqual({ host: OUTSIDE, port: peer.socket.localPort });
    });
  });

  it("a server without trusted proxies takes no header", async () => {
    const watched = await start();
    const peer = await connect(watched.port);
    peer.send(headerOf(), login("mallory"));
    await peer.ended();
    expect(watched.admitted.all).toEqual([]);
  });

  it.each([
    ["no array", { trustedProxies: "10.0.0.0/8", proxyProtocol: true }, "trustedProxies"],
    ["a name", { trustedProxies: ["::1", "proxy.example"], proxyProtocol: true }, "trustedProxies[1]"],
    ["a range that is too long", { trustedProxies: ["10.0.0.0/33"], proxyProtocol: true }, "trustedProxies[0]"],
    ["a range of IPv6 that is too long", { trustedProxies: ["::/129"], proxyProtocol: true }, "trustedProxies[0]"],
    ["a number", { trustedProxies: [10], proxyProtocol: true }, "trustedProxies[0]"],
    ["proxyProtocol without addresses", { proxyProtocol: true }, "proxyProtocol"],
    ["proxyProtocol that is no boolean", { trustedProxies: [], proxyProtocol: 2 }, "proxyProtocol"],
  ])("an option for proxies that is %s is refused by name", (_, options, name) => {
    expect(() => transport.createServer(options as RawServerOptions)).toThrow(invalidOption(name));
  });
}
