// Clients of ours, each with requests under way to a gateway; with --tcp not on WebSocket.
import { createImClient } from "@im/client";
import { tcpDialer } from "@im/transport-tcp";
import { wsDialer } from "@im/transport-ws";
import { messagePayload } from "../load/message-payload.mjs";
import { measureRequests } from "./measure-requests.mjs";

const body = messagePayload(128);
const [scheme, dialer] = process.argv.includes("--tcp") ? ["tcp", tcpDialer()] : ["ws", wsDialer()];

measureRequests(async (port, index) => {
  const client = createImClient({ address: `${scheme}://127.0.0.1:${port}`, dialer, token: `user${index}` });
  await client.connect();
  return async () => {
    const response = await client.request("chat.user.talk", body, { dest: "user1" });
    return response.body.length === body.length;
  };
});
