// Serves on the socket that the parent process sends, with options as JSON in the argument, and answers each message with itself.
import { createTcpServer } from "@im/transport-tcp";
import { createWsServer } from "@im/transport-ws";

const { isWebSocket, ...options } = JSON.parse(process.argv[2]);
process.once("message", async (_message, handle) => {
  const create = isWebSocket ? createWsServer : createTcpServer;
  const server = create({ ...options, handle, messageListener: { receive: (agent, payload) => agent.push(payload) } });
  await server.start();
  process.send("serves");
});
process.send("ready");
