import { text } from "node:stream/consumers";
import { connectedSocket, secured } from "@im/transport-compliance/raw-peer";
import { createCertificate } from "@im/transport-compliance/test-support/certificate";
import { Recorder, within } from "@im/transport-compliance/test-support/recorder";
import { expect, it } from "vitest";
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
