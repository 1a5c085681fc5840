import { STATUS_CODES } from "node:http";
import type { RefusalReason } from "@im/transport-core";

/** The status for an upgrade beyond the limits: 503 if the server is full, 429 if the peer opens too many connections. */
export function statusOf(why: RefusalReason): number {
  return why === "max-connections" || why === "shutting-down" ? 503 : 429;
}

// A client beyond the limits may try again after a second (RFC 9110 §10.2.3).
const RETRY = "Retry-After: 1\r\n";
/** The headers of a status. */
const headersOf: Readonly<Record<number, string>> = {
  405: "Allow: GET\r\n",
  426: "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
  429: RETRY,
  503: RETRY,
};

/** A whole HTTP answer without a body. */
export function refusalAnswer(status: number): string {
  const connection = status === 426 ? "close, Upgrade" : "close";
  const headers = `${headersOf[status] ?? ""}Connection: ${connection}\r\nContent-Length: 0\r\n`;
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${headers}\r\n`;
}
