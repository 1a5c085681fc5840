// Two servers of Socket.IO, which talk over Redis. Arguments: its port, "plain" or "sharded" for the adapter.
import { once } from "node:events";
import { createServer } from "node:http";
import { createAdapter, createShardedAdapter } from "@socket.io/redis-adapter";
import { createClient } from "redis";
import { Server } from "socket.io";
import { reportUsage } from "../report-usage.mjs";

async function startServer() {
  const pub = createClient({ socket: { host: "127.0.0.1", port: Number(process.argv[2]) } });
  const sub = pub.duplicate();
  await Promise.all([pub.connect(), sub.connect()]);
  const http = createServer();
  const adapter = process.argv[3] === "sharded" ? createShardedAdapter(pub, sub) : createAdapter(pub, sub);
  const options = { transports: ["websocket"], perMessageDeflate: false, serveClient: false, adapter };
  const server = new Server(http, options);
  server.on("connection", async (socket) => {
    await socket.join(socket.handshake.query.user);
    socket.on("talk", (user, message, acknowledge) => {
      server.to(user).emit("m", message);
      acknowledge();
    });
  });
  http.listen({ host: "127.0.0.1", port: 0 });
  await once(http, "listening");
  return http.address().port;
}

reportUsage(await startServer(), await startServer());
