import type { Socket } from "node:net";
import type { Address } from "../contract/address.js";
import type { IncomingSocket, Refusal } from "../server/listener-driver.js";

/**
 * An accepted socket, as a listener reports it.
 *
 * @param refuse tells the peer that the server takes no more connections. @default the socket is destroyed
 * @param isProxy whether the peer is a trusted proxy. @default false
 */
export function incomingSocket(socket: Socket, refuse?: (refusal: Refusal) => void, isProxy?: boolean): IncomingSocket {
  return {
    remoteAddress: remoteAddressOf(socket),
    isProxy,
    destroy: () => void socket.destroy(),
    refuse,
  };
}

/** Undefined on a Unix domain socket. */
export function remoteAddressOf({ remoteAddress, remotePort }: Socket): Address | undefined {
  return remoteAddress === undefined ? undefined : { host: remoteAddress, port: remotePort ?? 0 };
}
