// The floor of what node:net can do: sends back whatever bytes come, unread.
import { createServer } from "node:net";
import { reportUsage } from "../report-usage.mjs";

const server = createServer({ noDelay: true }, (socket) => {
  socket.on("error", () => {});
  socket.on("data", (bytes) => socket.write(bytes));
});
server.listen({ host: "127.0.0.1", port: 0, backlog: 4096 }, () => reportUsage(server.address().port));
