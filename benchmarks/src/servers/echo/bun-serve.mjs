// An echo on Bun.serve as its documentation shows it. Runs in Bun.
import { reportUsage } from "../report-usage.mjs";

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: (request, server) => (server.upgrade(request) ? undefined : new Response("", { status: 400 })),
  websocket: { message: (webSocket, message) => void webSocket.send(message) },
});
reportUsage(server.port);
