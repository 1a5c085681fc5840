import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

/** From Node 26 on an upgrade may have a stream of its own, which emits the errors of the socket as well. */
export function guardStream({ socket }: IncomingMessage, stream: Duplex): void {
  if (stream !== socket) stream.on("error", () => socket.destroy());
}

/** Whether the request asks for WebSocket, among other protocols perhaps (RFC 9110 §7.8). */
export function offersWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.split(",").some((protocol) => protocol.trim().toLowerCase() === "websocket") ?? false;
}

/**
 * The status that refuses an invalid upgrade request, by the rules that the engine does not check. The engine checks key and
 * subprotocols.
 */
export function breachOf(request: IncomingMessage): number | undefined {
  const { headers, httpVersionMajor, httpVersionMinor, method } = request;
  // Versions of Node disagree where a body ends and frames begin; the body of a GET has no meaning (RFC 9110 §9.3.1).
  if (headers["transfer-encoding"] !== undefined || !/^0*$/.test(headers["content-length"] ?? "")) return 400;
  if (httpVersionMajor === 1 && httpVersionMinor === 0) return 400;
  if (!hasOneHost(request)) return 400;
  if (method !== "GET") return 405;
  if (!offersWebSocket(request)) return 400;
  // RFC 6455 §4.4. Older versions send the origin in another header.
  return headers["sec-websocket-version"] === "13" ? undefined : 426;
}

/** RFC 9112 §3.2: one Host header, which names a host. Of several, `headers` has only the first. */
function hasOneHost({ headers, rawHeaders }: IncomingMessage): boolean {
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    if (name.length === 4 && name.toLowerCase() === "host") hosts++;
  }
  return hosts === 1 && !/[\s,/?#@\\]/.test(headers.host!);
}
