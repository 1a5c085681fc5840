// A broadcast on ws as its README shows it: a loop of send over all clients.
import { WebSocket, WebSocketServer } from "ws";
import { reportUsage } from "../report-usage.mjs";
import { burst } from "./burst.mjs";

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
server.on("connection", (webSocket) => {
  webSocket.on("error", console.error);
  webSocket.on("message", (data, isBinary) => {
    for (let i = 0; i < burst; i++) {
      for (const client of server.clients) {
        if (client.readyState === WebSocket.OPEN) client.send(data, { binary: isBinary });
      }
    }
  });
});
server.on("listening", () => reportUsage(server.address().port));
