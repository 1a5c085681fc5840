import { describeTransport } from "@im/transport-compliance";
import { createCertificate } from "@im/transport-compliance/certificate";
import { describe, it } from "vitest";
import { createWsServer, wsDialer } from "../src/index.js";

const host = "127.0.0.1";
const { key, cert } = await createCertificate();
const capabilities = { continuation: false };

/** Sockets, listening or connected, and timers that keep the process alive. */
function openResources(): string[] {
  return process.getActiveResourcesInfo().filter((name) => /^(TCP|TLS|Timeout)/.test(name));
}

describeTransport(
  { describe, it },
  {
    name: "ws",
    createServer: (options, { port } = { host, port: 0 }) => createWsServer({ host, port, ...options }),
    createDialer: wsDialer,
    badAddress: `ws://${host}:1`,
    capabilities,
    openResources,
  },
);

describeTransport(
  { describe, it },
  {
    name: "wss",
    createServer: (options, { port } = { host, port: 0 }) =>
      createWsServer({ host, port, tls: { key, cert }, ...options }),
    createDialer: (options) => wsDialer({ tls: { ca: cert }, ...options }),
    badAddress: `wss://${host}:1`,
    capabilities,
    openResources,
  },
);
