// socket.io-clients, each with events under way whose acknowledgement they await.
import { once } from "node:events";
import { io } from "socket.io-client";
import { messagePayload } from "../load/message-payload.mjs";
import { measureRequests } from "./measure-requests.mjs";

const body = messagePayload(128).toString("latin1");

measureRequests(async (port) => {
  const socket = io(`ws://127.0.0.1:${port}`, { transports: ["websocket"], perMessageDeflate: false, forceNew: true });
  await once(socket, "connect");
  return async () => (await socket.timeout(10_000).emitWithAck("chat.user.talk", body)) === body;
});
