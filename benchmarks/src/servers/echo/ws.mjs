// An echo on ws as its README shows it.
import { WebSocketServer } from "ws";
import { reportUsage } from "../report-usage.mjs";

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
server.on("connection", (webSocket) => {
  webSocket.on("error", console.error);
  webSocket.on("message", (data, isBinary) => webSocket.send(data, { binary: isBinary }));
});
server.on("listening", () => reportUsage(server.address().port));
