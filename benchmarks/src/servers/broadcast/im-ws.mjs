// A broadcast through Server.broadcast, with a copy of the payload, as who keeps it beyond `receive` must make one.
import { createWsServer } from "@im/transport-ws";
import { reportUsage } from "../report-usage.mjs";
import { burst } from "./burst.mjs";

const server = createWsServer({
  host: "127.0.0.1",
  // All of the load has one address.
  maxConnectionsPerAddress: Number.POSITIVE_INFINITY,
  maxAcceptsPerSecond: Number.POSITIVE_INFINITY,
  messageListener: {
    receive(_agent, payload) {
      const message = new Uint8Array(payload);
      for (let i = 0; i < burst; i++) server.broadcast(message);
    },
  },
});
await server.start();
reportUsage(server.address.port);
