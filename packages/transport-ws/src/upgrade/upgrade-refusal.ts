import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { RefusalReason } from "@im/transport-core";

/** How an upgrade is answered that is one too many: 503 if the server is full, 429 if the peer asks for too much. */
export function statusOf(why: RefusalReason): number {
  return why === "max-connections" || why === "shutting-down" ? 503 : 429;
}

/** A whole HTTP answer without a body. */
export function refusalAnswer(status: number): string {
  // Whoever is one too many may try again (RFC 9110 §10.2.3), in a second.
  const retry = status === 429 || status === 503 ? "Retry-After: 1\r\n" : "";
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${retry}Connection: close\r\nContent-Length: 0\r\n\r\n`;
}

/** Answers an upgrade request that has been read, and closes the socket. */
export function refuse(socket: Socket, status: number): void {
  // Whoever asked may be gone already, or never hang up.
  socket.on("error", () => socket.destroy());
  socket.once("finish", () => socket.destroy());
  socket.end(refusalAnswer(status));
}
