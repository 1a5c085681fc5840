// An echo on Socket.IO as its documentation shows it, on WebSocket from the start.
import { createServer } from "node:http";
import { Server } from "socket.io";
import { reportUsage } from "../report-usage.mjs";

const http = createServer();
const server = new Server(http, { transports: ["websocket"], perMessageDeflate: false, serveClient: false });
server.on("connection", (socket) => {
  socket.on("m", (message) => socket.emit("m", message));
});
http.listen({ host: "127.0.0.1", port: 0 }, () => reportUsage(http.address().port));
