import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

/** From Node 26 on an upgrade may come with a stream of its own, which tells of the socket's errors as well. */
export function guardStream({ socket }: IncomingMessage, stream: Duplex): void {
  if (stream !== socket) stream.on("error", () => socket.destroy());
}

/** Whether the request asks for WebSocket, among other protocols perhaps (RFC 9110 §7.8). */
export function offersWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.split(",").some((protocol) => protocol.trim().toLowerCase() === "websocket") ?? false;
}

/**
 * The status that refuses a request which is no proper upgrade, by what the engine does not look at. The engine checks
 * key and subprotocols.
 */
export function breachOf(request: IncomingMessage): number | undefined {
  const { headers, httpVersionMajor, httpVersionMinor, method } = request;
  // Where a body ends and frames begin, versions of Node disagree; a GET's has no meaning (RFC 9110 §9.3.1).
  if (headers["transfer-encoding"] !== undefined || !/^0*$/.test(headers["content-length"] ?? "")) return 400;
  if (httpVersionMajor === 1 && httpVersionMinor === 0) return 400;
  if (!hasOneHost(request)) return 400;
  if (method !== "GET") return 405;
  if (!offersWebSocket(request)) return 400;
  // RFC 6455 §4.4. An older version would have its origin in another header.
  return headers["sec-websocket-version"] === "13" ? undefined : 426;
}

/** RFC 9112 §3.2: there is one, and it names a host. Of several, `headers` has only the first. */
function hasOneHost({ headers, rawHeaders }: IncomingMessage): boolean {
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    if (name.length === 4 && name.toLowerCase() === "host") hosts++;
  }
  return hosts === 1 && !/[\s,/?#@\\]/.test(headers.host!);
}
