import { createCertificate } from "@im/test-support/certificate";
import { expect, it } from "vitest";
import { tcpDialer } from "../src/index.js";
import { context, start } from "./support/raw-tcp.js";

it("a dialer with TLS options speaks TLS to an address without a scheme", async () => {
  const { key, cert } = await createCertificate();
  const watched = await start({ tls: { key, cert } });
  const conn = await tcpDialer({ tls: { ca: cert } }).dialAndHandshake(context(`localhost:${watched.port}`));
  await conn.close();
  expect(await conn.closed).toMatchObject({ code: 1000, clean: true });
});
