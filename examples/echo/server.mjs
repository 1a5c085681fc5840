// An echo server on either transport:
//   node examples/echo/server.mjs --transport ws|tcp [--host 127.0.0.1] [--port 0] [--login]
import { parseArgs } from "node:util";
import { formatAddress } from "@im/transport-core";
import { createTcpServer } from "@im/transport-tcp";
import { createWsServer } from "@im/transport-ws";
import { tokenAcceptor } from "../login/token-acceptor.mjs";

const { values: args } = parseArgs({
  options: {
    transport: { type: "string", default: "ws" },
    host: { type: "string", default: "127.0.0.1" },
    port: { type: "string", default: "0" },
    login: { type: "boolean", default: false },
  },
});
const createServer = { ws: createWsServer, tcp: createTcpServer }[args.transport];
if (!createServer) throw new Error(`--transport must be ws or tcp, not ${args.transport}`);

const server = createServer({
  host: args.host,
  port: Number(args.port),
  messageListener: { receive: (agent, payload) => agent.push(payload) },
});
if (args.login) server.setAcceptor(tokenAcceptor);
await server.start();

for (const signal of ["SIGTERM", "SIGINT"]) {
  process.once(signal, async () => {
    const { clean, cut } = await server.shutdown();
    console.log(`shut down: ${clean} connections left in order, ${cut} were cut`);
  });
}

console.log(`READY ${formatAddress(server.address)}`);
