// Servers on sockets that systemd has opened. They answer each message with the address of the client. CERTIFICATE is JSON.
import { createTcpServer } from "@im/transport-tcp";
import { createWsServer } from "@im/transport-ws";
import { inheritedSockets } from "../../../examples/chat/server/inherited-sockets.mjs";

const sockets = inheritedSockets();
const tls = JSON.parse(process.env.CERTIFICATE);
const encoder = new TextEncoder();
const common = {
  maxConnectionsPerAddress: 10_000,
  loginWaitMs: 60_000,
  messageListener: { receive: (agent) => agent.push(encoder.encode(agent.remoteAddress.host)) },
};
const servers = [
  createWsServer({ ...common, fd: sockets.ws }),
  createTcpServer({ ...common, fd: sockets.tcp }),
  createWsServer({ ...common, fd: sockets.wss, tls }),
  createTcpServer({ ...common, fd: sockets.tls, tls }),
  createTcpServer({ ...common, fd: sockets.proxied, trustedProxies: ["127.0.0.1"], proxyProtocol: true }),
];
process.once("SIGTERM", () => Promise.all(servers.map((server) => server.shutdown({ finishLogins: true }))));
await Promise.all(servers.map((server) => server.start()));
console.log(`SERVES ${process.pid}`);
