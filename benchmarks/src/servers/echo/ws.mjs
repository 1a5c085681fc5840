// An echo on ws as its README shows it; with --tls on https.
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { WebSocketServer } from "ws";
import { certificate } from "../certificate.mjs";
import { reportUsage } from "../report-usage.mjs";

const http = certificate ? createTlsServer(certificate) : createServer();
const server = new WebSocketServer({ server: http, perMessageDeflate: false });
server.on("connection", (webSocket) => {
  webSocket.on("error", console.error);
  webSocket.on("message", (data, isBinary) => webSocket.send(data, { binary: isBinary }));
});
http.listen({ host: "127.0.0.1", port: 0 }, () => reportUsage(http.address().port));
