import type { IncomingMessage, ServerResponse } from "node:http";
import type { RejectedSockets } from "@im/transport-core/node";

/**
 * Ends the connection of an upgrade that was sent behind a request without waiting for its response. The response may
 * close the connection, and then no further request may be processed (RFC 9112 §9.6); and 101 would overtake it.
 * The connection ends when all responses before the upgrade have left.
 *
 * @returns whether it is such an upgrade
 */
export function endIfPipelined({ socket }: IncomingMessage, rejected: RejectedSockets): boolean {
  const response = responseUnderWay(socket);
  // After a response that closes the connection, the socket takes no other.
  if (!response) return socket.writableEnded;
  // Node stops to listen for these with the upgrade.
  socket.on("error", () => socket.destroy());
  socket.on("drain", () => responseUnderWay(socket)?.emit("drain"));
  endAfter(response, rejected);
  return true;
}

function endAfter(response: ServerResponse, rejected: RejectedSockets): void {
  const socket = response.socket!;
  response.once("close", () => {
    const next = responseUnderWay(socket);
    if (next) endAfter(next, rejected);
    else if (!socket.destroyed) rejected.add(socket, "");
  });
}

/** The response that Node's HTTP server writes to a socket at the moment; its types do not declare it. */
function responseUnderWay(
  socket: { readonly _httpMessage?: ServerResponse | null } | object,
): ServerResponse | undefined {
  return ("_httpMessage" in socket && socket._httpMessage) || undefined;
}
