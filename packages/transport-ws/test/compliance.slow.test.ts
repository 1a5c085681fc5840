import { createCertificate } from "@im/test-support/certificate";
import { openResources } from "@im/test-support/open-resources";
import { describeTransport } from "@im/transport-compliance";
import { describe, it } from "vitest";
import { createWsServer, wsDialer } from "../src/index.js";

const host = "127.0.0.1";
const { key, cert } = await createCertificate();
const capabilities = { continuation: false };

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

// Level 0 stores what it compresses, so that the cases can fill queues; with context, so that one lost message shows.
const perMessageDeflate = { threshold: 1, level: 0, serverNoContextTakeover: false, clientNoContextTakeover: false };
describeTransport(
  { describe, it },
  {
    name: "ws with compression",
    createServer: (options, { port } = { host, port: 0 }) =>
      createWsServer({ host, port, perMessageDeflate, ...options }),
    createDialer: (options) => wsDialer({ perMessageDeflate, ...options }),
    badAddress: `ws://${host}:1`,
    capabilities: { ...capabilities, flushesAtOnce: false },
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
