// An echo by acknowledgement on Socket.IO, as its documentation shows it.
import { createServer } from "node:http";
import { Server } from "socket.io";
import { reportUsage } from "../report-usage.mjs";

const http = createServer();
const server = new Server(http, { transports: ["websocket"], perMessageDeflate: false, serveClient: false });
server.on("connection", (socket) => {
  socket.on("chat.user.talk", (message, acknowledge) => acknowledge(message));
});
http.listen({ host: "127.0.0.1", port: 0 }, () => reportUsage(http.address().port));
