import { once } from "node:events";
import { Agent, createServer, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { type AddressInfo, connect as connectSocket, type Socket } from "node:net";
import { createCertificate } from "@im/test-support/certificate";
import { context, startRawServer } from "@im/test-support/raw-peer";
import { Recorder } from "@im/test-support/recorder";
import { HttpsProxyAgent } from "https-proxy-agent";
import { describe, expect, it, onTestFinished } from "vitest";
import { wsDialer } from "../src/index.js";
import { expectToServeAGoodClient, RawWsPeer, start } from "./support/raw-ws.js";

/** An HTTP proxy that tunnels (CONNECT, RFC 9110 §9.3.6), or answers as `refusal` says. */
async function startProxy(refusal?: string) {
  const tunnels = new Recorder<IncomingMessage>("tunnels");
  const sockets = new Set<Socket>();
  const proxy = createServer();
  proxy.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
  });
  proxy.on("connect", (request, client) => {
    tunnels.add(request);
    if (refusal !== undefined) {
      client.end(refusal);
      return;
    }
    const { hostname, port } = new URL(`http://${request.url}`);
    const server = connectSocket(Number(port), hostname, () => {
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      server.pipe(client).pipe(server);
    });
    server.on("error", () => client.destroy()).on("close", () => client.destroy());
    client.on("close", () => server.destroy());
  });
  await once(proxy.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, tunnels };
}

describe("a dialer with an agent for an HTTP proxy", () => {
  it("connects through it", async () => {
    const proxy = await startProxy();
    const watched = await start();
    await expectToServeAGoodClient(watched, { agent: new HttpsProxyAgent(proxy.url) });
    expect((await proxy.tunnels.next()).url).toBe(`127.0.0.1:${watched.port}`);
  });

  it("does its TLS handshake with the server, with the options of tls", async () => {
    const proxy = await startProxy();
    const pair = await createCertificate();
    const names: string[] = [];
    const ALPNCallback = ({ servername }: { servername: string }) => {
      names.push(servername);
      return "http/1.1";
    };
    const { port } = await start({ tls: { ...pair, requestCert: true, ca: pair.cert, ALPNCallback } });
    const agent = new HttpsProxyAgent(proxy.url);
    const tls = { ca: pair.cert, ...pair, ALPNProtocols: ["http/1.1"] };
    const conn = await wsDialer({ agent, tls }).dialAndHandshake(context(`wss://localhost:${port}`));
    await conn.close();
    expect(names).toEqual(["localhost"]);
    expect((await proxy.tunnels.next()).url).toBe(`localhost:${port}`);
  });

  it("that asks for a password gets IM_ERR_HANDSHAKE with the status", async () => {
    const proxy = await startProxy("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
    const dialling = wsDialer({ agent: new HttpsProxyAgent(proxy.url) }).dialAndHandshake(context("ws://chat.example"));
    await expect(dialling).rejects.toMatchObject({
      code: "IM_ERR_HANDSHAKE",
      message: expect.stringContaining("407 Proxy Authentication Required"),
    });
  });

  it("that is not there gets IM_ERR_CONNECT", async () => {
    const agent = new HttpsProxyAgent("http://127.0.0.1:1");
    await expect(wsDialer({ agent }).dialAndHandshake(context("ws://chat.example"))).rejects.toMatchObject({
      code: "IM_ERR_CONNECT",
      message: expect.stringContaining("connect ECONNREFUSED 127.0.0.1:1"),
    });
  });
});

describe("a dialer with an agent of Node", () => {
  it("connects by it, and keeps the connection out of its pool", async () => {
    const watched = await start();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    await expectToServeAGoodClient(watched, { agent });
    await expectToServeAGoodClient(watched, { agent });
    expect([agent.sockets, agent.freeSockets]).toEqual([{}, {}]);
  });

  it("of node:https connects to wss:, with the options of tls", async () => {
    const { key, cert } = await createCertificate();
    const watched = await start({ tls: { key, cert } });
    await expectToServeAGoodClient(watched, { agent: new HttpsAgent(), tls: { ca: cert } });
  });

  it("passes its own lookup on", async () => {
    const { port } = await start();
    const names: string[] = [];
    const dialer = wsDialer({
      agent: new Agent(),
      lookup(name, { all }, found) {
        names.push(name);
        if (all) found(null, [{ address: "127.0.0.1", family: 4 }]);
        else found(null, "127.0.0.1", 4);
      },
    });
    await (await dialer.dialAndHandshake(context(`ws://chat.example:${port}`))).close();
    expect(names).toEqual(["chat.example"]);
  });

  it("leaves no socket when it gives up", async () => {
    const server = await startRawServer((socket) => new RawWsPeer(socket));
    const address = `ws://127.0.0.1:${server.port}`;
    const dialling = wsDialer({ agent: new Agent() }).dialAndHandshake({ ...context(address), timeoutMs: 200 });
    dialling.catch(() => {});
    await (await server.peers.next()).head();
    await expect(dialling).rejects.toMatchObject({ code: "IM_ERR_DIAL_TIMEOUT" });
    await server.empty();
  });

  it("for the other kind of address is refused", async () => {
    const dialling = wsDialer({ agent: new Agent() }).dialAndHandshake(context("wss://127.0.0.1:9"));
    await expect(dialling).rejects.toMatchObject({ code: "IM_ERR_INVALID_OPTION" });
  });
});
