import type { Socket } from "node:net";
import type { IncomingSocket, Refusal } from "../server/listener-driver.js";

/**
 * An accepted socket, as a listener reports it.
 *
 * @param refuse tells the peer that the server takes no more connections. @default the socket is destroyed
 */
export function incomingSocket(socket: Socket, refuse?: (refusal: Refusal) => void): IncomingSocket {
  const { remoteAddress, remotePort } = socket;
  return {
    // A Unix domain socket has none.
    remoteAddress: remoteAddress === undefined ? undefined : { host: remoteAddress, port: remotePort ?? 0 },
    destroy: () => void socket.destroy(),
    refuse,
  };
}
