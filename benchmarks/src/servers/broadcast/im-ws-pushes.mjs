// A push to each channel in one turn of the event loop, as a server does whose receivers are not all of its channels.
import { HashChannelMap } from "@im/transport-core";
import { createWsServer } from "@im/transport-ws";
import { openToOneAddress } from "../open-to-one-address.mjs";
import { reportUsage } from "../report-usage.mjs";
import { burst } from "./burst.mjs";

const channels = new HashChannelMap();
const server = createWsServer({
  ...openToOneAddress,
  messageListener: {
    receive(_agent, payload) {
      const message = new Uint8Array(payload);
      for (let i = 0; i < burst; i++) for (const channel of channels.all()) channel.push(message);
    },
  },
});
server.setChannelMap(channels);
await server.start();
reportUsage(server.address.port);
