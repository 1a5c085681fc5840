// An echo through Server, Channel, MessageListener and push; with --login behind a login.
import { createWsServer } from "@im/transport-ws";
import { loginAcceptor } from "../login-acceptor.mjs";
import { reportUsage } from "../report-usage.mjs";

const server = createWsServer({
  host: "127.0.0.1",
  // All of the load has one address.
  maxConnectionsPerAddress: Number.POSITIVE_INFINITY,
  maxAcceptsPerSecond: Number.POSITIVE_INFINITY,
  messageListener: { receive: (agent, payload) => agent.push(payload) },
});
if (process.argv.includes("--login")) server.setAcceptor(loginAcceptor);
await server.start();
reportUsage(server.address.port);
