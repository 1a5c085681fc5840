// The floor of what node:net and node:tls can do: sends back whatever bytes come, unread.
import { createServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { certificate } from "../certificate.mjs";
import { reportUsage } from "../report-usage.mjs";

function echo(socket) {
  socket.on("error", () => {});
  socket.on("data", (bytes) => socket.write(bytes));
}

const options = { noDelay: true };
const server = certificate ? createTlsServer({ ...options, ...certificate }, echo) : createServer(options, echo);
server.listen({ host: "127.0.0.1", port: 0, backlog: 4096 }, () => reportUsage(server.address().port));
