// A broadcast on Socket.IO.
import { createServer } from "node:http";
import { Server } from "socket.io";
import { reportUsage } from "../report-usage.mjs";
import { burst } from "./burst.mjs";

const http = createServer();
const server = new Server(http, { transports: ["websocket"], perMessageDeflate: false, serveClient: false });
server.on("connection", (socket) => {
  socket.on("m", (message) => {
    for (let i = 0; i < burst; i++) server.emit("m", message);
  });
});
http.listen({ host: "127.0.0.1", port: 0 }, () => reportUsage(http.address().port));
