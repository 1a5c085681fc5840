import { once } from "node:events";
import { expect, it, vi } from "vitest";
import { createHonestClient } from "./support/honest-client.js";
import { within } from "./support/measuring.js";
import { RawPeer, upgradeRequest } from "./support/raw-peer.js";
import { ServerProcess } from "./support/server-process.js";
import { createDialer } from "./support/transports.js";

const withLine = (line: string) => upgradeRequest.replace("\r\n\r\n", `\r\n${line}\r\n\r\n`);

/** Requests that no client should send, by the status that they get. */
const requests: readonly (readonly [status: number, request: string])[] = [
  ...["Content-Length: 1", "Content-Length: 99999999", "Transfer-Encoding: chunked"].map(
    (line) => [400, withLine(line)] as const,
  ),
  [400, withLine("Content-Length: x")],
  [400, withLine("Host: second.test")],
  [400, withLine("Upgrade : no header")],
  [400, upgradeRequest.replace("Host: im.test\r\n", "")],
  [400, upgradeRequest.replace("HTTP/1.1", "HTTP/1.0")],
  [400, upgradeRequest.replace("Upgrade: websocket", "Upgrade: h2c")],
  [400, upgradeRequest.replace("dGhl", "")],
  [400, "\u0016\u0003\u0001 is no HTTP\r\n\r\n"],
  [405, upgradeRequest.replace("GET", "POST")],
  [405, upgradeRequest.replace("GET", "DELETE")],
  [426, upgradeRequest.replace("Version: 13", "Version: 8")],
  [431, withLine(`X-Long: ${"x".repeat(20_000)}`)],
];
/** What follows them at once. */
const bodies = ["", "x", "1\r\nx\r\n0\r\n\r\n", "x".repeat(100_000), upgradeRequest];

it("a server answers each odd handshake, lives on, and keeps nothing of them", async () => {
  const server = await ServerProcess.start("ws", { options: { maxConnectionsPerAddress: Number.POSITIVE_INFINITY } });
  const before = await server.holdings();
  for (const [status, request] of requests) {
    for (const body of bodies) {
      const peer = await RawPeer.connect("ws", server.port);
      const answer = once(peer.socket, "data");
      peer.send(Buffer.from(request + body, "latin1"));
      const [chunk] = await within(10_000, answer, `the answer to ${JSON.stringify(request.slice(0, 300))}`);
      expect(String(chunk).slice(0, 13), request.slice(0, 300)).toBe(`HTTP/1.1 ${status} `);
      peer.socket.end();

      const rude = await RawPeer.connect("ws", server.port);
      rude.send(Buffer.from(request + body, "latin1"));
      rude.socket.resetAndDestroy();
    }
  }
  const client = createHonestClient(createDialer("ws"), "alice");
  await client.connect(server.dialUrl);
  await client.close();
  await vi.waitFor(async () => expect(await server.holdings()).toEqual(before), { timeout: 10_000, interval: 100 });
  const counts = await server.counts();
  expect(Object.keys(counts).filter((name) => name !== "admitted")).toEqual([]);
});
