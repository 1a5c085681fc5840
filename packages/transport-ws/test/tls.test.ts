import { once } from "node:events";
import { createServer } from "node:https";
import { text } from "node:stream/consumers";
import { connect } from "node:tls";
import { createCertificate } from "@im/test-support/certificate";
import { connectedSocket, secured } from "@im/test-support/raw-peer";
import { Recorder, within } from "@im/test-support/recorder";
import { expect, it, onTestFinished } from "vitest";
import { createWsServer } from "../src/index.js";
import { start, upgradeRequest } from "./support/raw-ws.js";

it("a server with TLS does not process an upgrade sent in the same chunk as a request that is refused", async () => {
  const { key, cert } = await createCertificate();
  const refused = new Recorder<string>("refusals");
  const watched = await start({ tls: { key, cert }, hooks: { refused: (why) => refused.add(why) } });
  const socket = secured(await connectedSocket(watched.port), cert);
  socket.write(Buffer.concat([Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), upgradeRequest()]));
  const response = await within(text(socket), "the end of the connection");
  expect(response).toMatch(/^HTTP\/1\.1 426 /);
  expect(response).not.toContain("HTTP/1.1 101");
  expect(await refused.next()).toBe("handshake");
});

it("updateTls of a server on a given HTTPS server is IM_ERR_UNSUPPORTED, and says what to call", async () => {
  const pair = await createCertificate();
  const given = createServer(pair);
  onTestFinished(() => void given.close());
  expect(() => createWsServer({ server: given }).updateTls(pair)).toThrow(
    expect.objectContaining({ code: "IM_ERR_UNSUPPORTED", message: expect.stringContaining("setSecureContext()") }),
  );
});

it("a server with TLS speaks http/1.1 by ALPN", async () => {
  const { key, cert } = await createCertificate();
  const { port } = await start({ tls: { key, cert } });
  const socket = connect({ host: "127.0.0.1", port, ca: cert, ALPNProtocols: ["h2", "http/1.1"] });
  onTestFinished(() => void socket.destroy());
  await within(once(socket, "secureConnect"), "the TLS handshake");
  expect(socket.alpnProtocol).toBe("http/1.1");
});
