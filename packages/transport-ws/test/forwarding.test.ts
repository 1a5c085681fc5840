import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCertificate } from "@im/test-support/certificate";
import { connectedSocket, invalidOption } from "@im/test-support/raw-peer";
import { Recorder } from "@im/test-support/recorder";
import type { Address } from "@im/transport-core";
import { describe, expect, it, onTestFinished } from "vitest";
import { createWsServer, type WsServerOptions, wsDialer } from "../src/index.js";
import { frame } from "./support/raw-frames.js";
import { RawWsPeer, rawWs, start, upgradeRequest } from "./support/raw-ws.js";

const PROXY = "127.0.0.1";
const OUTSIDE = "127.0.0.2";

/** An HTTP server of the application. */
async function ownServer() {
  const server = createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
  return server;
}

/** A server that trusts a proxy on 127.0.0.1, and logs everybody in at once. */
async function behindProxy(options: WsServerOptions = {}) {
  const accepted = new Recorder<Address>("accepted connections");
  const refused = new Recorder<string>("refusals");
  let logins = 0;
  const watched = await start({
    trustedProxies: [PROXY, "10.0.0.0/8", "2001:db8:aaaa::/48"],
    acceptor: { accept: () => `${++logins}` },
    ...options,
    hooks: {
      accepted: (address) => accepted.add(address),
      refused: (why, { host }) => refused.add(`${why} ${host}`),
    },
  });
  const send = async (headers: Record<string, string>, { from = PROXY, before = "" } = {}) => {
    const peer = new RawWsPeer(await connectedSocket(watched.port, from));
    peer.send(Buffer.from(before), upgradeRequest("/", headers));
    return peer;
  };
  return { ...watched, accepted, refused, send };
}

const port = 0;
const forwarded: readonly [string, Record<string, string>, Address | "the proxy"][] = [
  ["one address", { "X-Forwarded-For": "203.0.113.9" }, { host: "203.0.113.9", port }],
  [
    "the last of several, whatever stands before it",
    { "X-Forwarded-For": "6.6.6.6, 203.0.113.9" },
    { host: "203.0.113.9", port },
  ],
  [
    "the last before trusted ones",
    { "X-Forwarded-For": "6.6.6.6,203.0.113.9 , 10.1.2.3, 10.0.0.1" },
    { host: "203.0.113.9", port },
  ],
  ["the first, if all are trusted", { "X-Forwarded-For": "10.0.0.9, 10.0.0.1" }, { host: "10.0.0.9", port }],
  ["IPv6", { "X-Forwarded-For": "2001:DB8:0::9" }, { host: "2001:db8::9", port }],
  ["IPv6 before a trusted one", { "X-Forwarded-For": "2001:db8::9, 2001:db8:aaaa::1" }, { host: "2001:db8::9", port }],
  [
    "IPv4 in IPv6, trusted as IPv4",
    { "X-Forwarded-For": "203.0.113.9, ::ffff:10.0.0.1" },
    { host: "203.0.113.9", port },
  ],
  ["with a port", { "X-Forwarded-For": "203.0.113.9:4711" }, { host: "203.0.113.9", port: 4711 }],
  ["IPv6 with a port", { "X-Forwarded-For": "[2001:db8::9]:4711" }, { host: "2001:db8::9", port: 4711 }],
  ["no header", {}, "the proxy"],
  ["an empty header", { "X-Forwarded-For": "" }, "the proxy"],
  ["no address", { "X-Forwarded-For": "unknown" }, "the proxy"],
  ["an address that is none at the end", { "X-Forwarded-For": "6.6.6.6, 203.0.113.999" }, "the proxy"],
  ["a port that is none", { "X-Forwarded-For": "203.0.113.9:70000" }, "the proxy"],
  ["none beyond what is no address", { "X-Forwarded-For": "6.6.6.6, unknown, 10.0.0.1" }, { host: "10.0.0.1", port }],
  ["none of another header", { Forwarded: "for=6.6.6.6", "X-Real-IP": "6.6.6.6" }, "the proxy"],
];

describe.each([
  ["on a port of its own", async (): Promise<WsServerOptions> => ({})],
  ["on a given HTTP server", async (): Promise<WsServerOptions> => ({ server: await ownServer() })],
])("behind a trusted proxy, a server %s", (_, options) => {
  it.each(forwarded)("takes from X-Forwarded-For: %s", async (_, headers, expected) => {
    const { send, admitted, accepted } = await behindProxy(await options());
    const peer = await send(headers);
    const address = expected === "the proxy" ? { host: PROXY, port: peer.socket.localPort } : expected;
    expect((await admitted.next()).remoteAddress).toEqual(address);
    expect(accepted.all).toEqual([address]);
  });

  it("takes nothing from a peer that is not trusted", async () => {
    const { send, admitted, accepted } = await behindProxy(await options());
    const peer = await send({ "X-Forwarded-For": "6.6.6.6", Forwarded: "for=6.6.6.6" }, { from: OUTSIDE });
    const own = { host: OUTSIDE, port: peer.socket.localPort };
    expect((await admitted.next()).remoteAddress).toEqual(own);
    expect(accepted.all).toEqual([own]);
  });

  it("counts connections per address by the address of the client", async () => {
    const watched = await behindProxy({ ...(await options()), maxConnectionsPerAddress: 1 });
    const first = await watched.send({ "X-Forwarded-For": "203.0.113.9" });
    await watched.admitted.next();
    const second = await watched.send({ "X-Forwarded-For": "203.0.113.9" });
    await rawWs.expectRefusal(second, "max-connections-per-address");
    expect(await watched.refused.next()).toBe("max-connections-per-address 203.0.113.9");
    await watched.send({ "X-Forwarded-For": "203.0.113.10" });
    await watched.admitted.next();
    first.reset();
    await watched.disconnects.next();
    await watched.send({ "X-Forwarded-For": "203.0.113.9" });
    await watched.admitted.next();
  });

  it("shows verifyUpgrade the address of the client", async () => {
    const seen: unknown[] = [];
    const verifyUpgrade: WsServerOptions["verifyUpgrade"] = (_request, { remoteAddress }) =>
      seen.push(remoteAddress) > 0;
    const { send, admitted } = await behindProxy({ ...(await options()), verifyUpgrade });
    await send({ "X-Forwarded-For": "203.0.113.9" });
    await admitted.next();
    expect(seen).toEqual([{ host: "203.0.113.9", port: 0 }]);
  });

  it.each<[string, string, Address | "the proxy"]>([
    ["an address", "for=203.0.113.9;proto=https", { host: "203.0.113.9", port: 0 }],
    ["IPv6 with a port", 'for=6.6.6.6, for="[2001:db8::9]:4711"', { host: "2001:db8::9", port: 4711 }],
    ["the last before trusted ones", "for=203.0.113.9, for=10.0.0.1", { host: "203.0.113.9", port: 0 }],
    ["nothing that is hidden", "for=6.6.6.6, for=_hidden", "the proxy"],
    ["nothing of a malformed header", 'for=6.6.6.6, for="x, for=203.0.113.9', "the proxy"],
  ])("takes from Forwarded, if that is its header: %s", async (_, header, expected) => {
    const { send, admitted } = await behindProxy({ ...(await options()), forwardedHeader: "forwarded" });
    const peer = await send({ Forwarded: header, "X-Forwarded-For": "6.6.6.6" });
    const address = expected === "the proxy" ? { host: PROXY, port: peer.socket.localPort } : expected;
    expect((await admitted.next()).remoteAddress).toEqual(address);
  });
});

describe("behind a proxy that sends PROXY headers, X-Forwarded-For", () => {
  const headers = { "X-Forwarded-For": "203.0.113.9" };

  it("counts if the address in the PROXY header is trusted, too", async () => {
    const { send, admitted, accepted } = await behindProxy({ proxyProtocol: true });
    await send(headers, { before: "PROXY TCP4 10.0.0.1 127.0.0.1 1 2\r\n" });
    expect((await admitted.next()).remoteAddress).toEqual({ host: "203.0.113.9", port: 0 });
    expect(accepted.all).toHaveLength(1);
  });

  it.each([
    ["an address that is not", "PROXY TCP4 192.0.2.7 127.0.0.1 1 2\r\n", "192.0.2.7"],
    ["none", "PROXY UNKNOWN\r\n", PROXY],
  ])("does not count if that names %s", async (_, before, host) => {
    const { send, admitted } = await behindProxy({ proxyProtocol: true });
    await send(headers, { before });
    expect((await admitted.next()).remoteAddress.host).toBe(host);
  });
});

it.skipIf(process.platform === "win32")("a proxy on a Unix domain socket is trusted by its kind", async () => {
  const directory = await mkdtemp(join(tmpdir(), "im-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const path = join(directory, "http.sock");
  const server = createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const { admitted } = await behindProxy({ server, trustedProxies: ["unix:"] });
  const peer = new RawWsPeer(await connectedSocket(path));
  peer.send(upgradeRequest("/", { "X-Forwarded-For": "6.6.6.6, 203.0.113.9" }));
  expect((await admitted.next()).remoteAddress).toEqual({ host: "203.0.113.9", port: 0 });
});

it("a server with TLS takes forwarded headers as well", async () => {
  const { key, cert } = await createCertificate();
  const { server, admitted } = await behindProxy({ tls: { key, cert } });
  const dialer = wsDialer({ tls: { ca: cert }, headers: { "X-Forwarded-For": "203.0.113.9" } });
  const conn = await dialer.dialAndHandshake({ address: server.dialUrl });
  expect((await admitted.next()).remoteAddress).toEqual({ host: "203.0.113.9", port: 0 });
  await conn.close();
});

it("frames that follow the upgrade are received", async () => {
  const { send, messages } = await behindProxy();
  const peer = await send({ "X-Forwarded-For": "203.0.113.9" });
  peer.send(frame(2, "hello"));
  expect(await messages.next()).toMatchObject({ text: "hello" });
});

it.each([
  [
    "proxyProtocol on a given HTTP server",
    { server: createServer(), trustedProxies: [], proxyProtocol: true },
    "proxyProtocol",
  ],
  ["a header that is none of the two", { trustedProxies: [], forwardedHeader: "x-real-ip" }, "forwardedHeader"],
  ["a header without proxies", { forwardedHeader: "forwarded" }, "forwardedHeader"],
])("%s is refused by name", (_, options, name) => {
  expect(() => createWsServer(options as WsServerOptions)).toThrow(invalidOption(name));
});
