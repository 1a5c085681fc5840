import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { createWsServer } from "@im/transport-ws";
import { expect, it, onTestFinished } from "vitest";
import { WebSocketServer } from "ws";
import { freePort } from "../support/free-port.js";
import type { DialerProgram } from "./page/dialer-page.js";
import { inEachBrowser } from "./support/in-each-browser.js";

declare const program: DialerProgram;

/** A server that agrees on this subprotocol, whatever it is offered, or on none. @returns its address */
function serverThatAgreesOn(protocol: string): Promise<string> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, handleProtocols: () => false });
  server.on("headers", (headers) => void (protocol && headers.push(`Sec-WebSocket-Protocol: ${protocol}`)));
  return addressOf(server);
}

function serverThatCloses(code: number, reason: string): Promise<string> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  server.on("connection", (socket) => socket.close(code, reason));
  return addressOf(server);
}

/** Until the end of the test. */
async function addressOf(server: WebSocketServer): Promise<string> {
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

inEachBrowser("the dialer", "dialer-page.ts", ({ name, openPage }) => {
  const refusedSoon = { outcome: "IM_ERR_CONNECT", wasSoon: true };

  it("learns at once that the page's policy forbids the connection", async () => {
    const address = await serverThatAgreesOn("");
    const page = await openPage({ headers: { "content-security-policy": "connect-src 'none'" } });
    expect(await page.evaluate((to) => program.dial(to), address)).toEqual(refusedSoon);
  });

  it("learns at once that a secure page may not connect without TLS", async () => {
    const page = await openPage({ isSecure: true });
    expect(await page.evaluate(() => program.dial("ws://192.0.2.1/"))).toEqual(refusedSoon);
  });

  it("learns at once that the platform connects to no such port", async () => {
    const page = await openPage();
    expect(await page.evaluate(() => program.dial("ws://127.0.0.1:6000/"))).toEqual(refusedSoon);
  });

  it("learns at once that no server listens", async () => {
    const address = `ws://127.0.0.1:${await freePort()}/`;
    const page = await openPage();
    expect(await page.evaluate((to) => program.dial(to), address)).toEqual(refusedSoon);
  });

  it.each([1001, 1009, 1012, 1013, 4001])("reads that the server closes with %i, and why", async (code) => {
    const address = await serverThatCloses(code, "Retry-After: 5");
    const page = await openPage();
    const isHidden = name === "WebKitGTK" && (code === 1012 || code === 1013);
    const expected = isHidden ? { code: 1006 } : { code, reason: "Retry-After: 5" };
    expect(await page.evaluate((to) => program.closedBy(to), address)).toMatchObject(expected);
  });

  it("agrees with our server to compress what both send", async () => {
    const http = createServer();
    const sockets: Socket[] = [];
    http.on("connection", (socket) => sockets.push(socket));
    await once(http.listen(0, "127.0.0.1"), "listening");
    const server = createWsServer({
      server: http,
      perMessageDeflate: true,
      messageListener: { receive: (agent, payload, opCode) => agent.push(payload, opCode) },
    });
    onTestFinished(() => server.shutdown().then(() => void http.close()));
    await server.start();
    const page = await openPage();
    const text = "a text that says the same again and again; ".repeat(2_000);
    expect(await page.evaluate((to, said) => program.echo(to, said), server.dialUrl, text)).toBe(text);
    const [socket] = sockets;
    expect(socket!.bytesRead).toBeLessThan(text.length / 10);
    expect(socket!.bytesWritten).toBeLessThan(text.length / 10);
  });

  it("agrees on a subprotocol that it offered", async () => {
    const address = await serverThatAgreesOn("im.v1");
    const page = await openPage();
    const { outcome } = await page.evaluate((to) => program.dial(to, { protocols: ["im.v2", "im.v1"] }), address);
    expect(outcome).toBe("connected");
  });

  it.each([
    ["another than it offered", "im.v2", ["im.v1"]],
    ["none, where it offered one", "", ["im.v1"]],
  ] as const)("does not connect when the server agrees on %s", async (_, agreed, protocols) => {
    const address = await serverThatAgreesOn(agreed);
    const page = await openPage();
    const { outcome } = await page.evaluate(
      (to, offered) => program.dial(to, { protocols: offered }),
      address,
      protocols,
    );
    // Some browsers compare it themselves, and say no more than that there is no connection.
    expect(["IM_ERR_HANDSHAKE", "IM_ERR_CONNECT"]).toContain(outcome);
  });

  it("connects when the server agrees on a subprotocol where none was offered only if the browser hides that", async () => {
    const address = await serverThatAgreesOn("im.v1");
    const page = await openPage();
    const { outcome } = await page.evaluate((to) => program.dial(to), address);
    expect(outcome).toBe(name === "Firefox" ? "connected" : "IM_ERR_CONNECT");
  });
});
