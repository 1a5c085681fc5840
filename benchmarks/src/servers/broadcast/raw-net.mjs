// The floor of a broadcast: a loop of socket.write of a frame that was built before. What comes is such a frame, and
// goes to every connection as many times as --burst says, in one turn of the event loop.
import { createServer } from "node:net";
import { reportUsage } from "../report-usage.mjs";
import { burst } from "./burst.mjs";

/** An empty frame: the first broadcast must not come before the last connection is in. */
const GREETING = Buffer.from([0x82, 0]);

const sockets = new Set();
const server = createServer({ noDelay: true }, (socket) => {
  sockets.add(socket);
  socket.write(GREETING);
  socket.on("error", () => {});
  socket.on("close", () => sockets.delete(socket));
  socket.on("data", (frame) => {
    for (let i = 0; i < burst; i++) for (const receiver of sockets) receiver.write(frame);
  });
});
server.listen({ host: "127.0.0.1", port: 0, backlog: 4096 }, () => reportUsage(server.address().port));
