import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCertificate } from "@im/test-support/certificate";
import { openResources } from "@im/test-support/open-resources";
import { describeTransport } from "@im/transport-compliance";
import type { ServerOptions } from "@im/transport-core";
import { afterAll, describe, it } from "vitest";
import { createTcpServer, tcpDialer } from "../src/index.js";

const host = "127.0.0.1";
const { key, cert } = await createCertificate();
const folder = mkdtempSync(join(tmpdir(), "im-tcp-"));
let sockets = 0;

afterAll(() => rmSync(folder, { recursive: true }));

describeTransport(
  { describe, it },
  {
    name: "tcp",
    createServer: (options, { port } = { host, port: 0 }) => createTcpServer({ host, port, ...options }),
    createDialer: tcpDialer,
    badAddress: `tcp://${host}:1`,
    openResources,
  },
);

describeTransport(
  { describe, it },
  {
    name: "tls",
    createServer: (options, { port } = { host, port: 0 }) =>
      createTcpServer({ host, port, tls: { key, cert }, ...options }),
    createDialer: (options) => tcpDialer({ tls: { ca: cert }, ...options }),
    badAddress: `tls://${host}:1`,
    openResources,
  },
);

describeTransport(
  { describe: describe.skipIf(process.platform === "win32"), it },
  {
    name: "Unix domain sockets",
    createServer: (options: ServerOptions, at) =>
      createTcpServer({ path: at?.host ?? join(folder, `${++sockets}.sock`), ...options }),
    createDialer: tcpDialer,
    badAddress: `unix:${join(folder, "nobody.sock")}`,
    openResources,
  },
);
