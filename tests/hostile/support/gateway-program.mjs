// A gateway in a process of its own, so that it can be killed: a token is the account.
import { createGateway } from "@im/gateway";
import { createTcpServer } from "@im/transport-tcp";
import { createWsServer } from "@im/transport-ws";
import { answerParent } from "./answer-parent.mjs";

const { transport, port } = JSON.parse(process.argv[2]);
const create = transport === "ws" ? createWsServer : createTcpServer;
// All clients of a test come from one address.
const server = create({ host: "127.0.0.1", port, maxConnectionsPerAddress: Number.POSITIVE_INFINITY });
const gateway = createGateway({ servers: [server], authenticate: ({ token }) => ({ account: token }) });

answerParent({
  async start() {
    await gateway.start();
    return { port: server.address.port, dialUrl: server.dialUrl };
  },
});
