import type { Socket } from "node:net";
import type { ProxyHeader } from "./parsed-proxy-header.js";
import { parseProxyHeader } from "./proxy-header.js";

const NOTHING = Buffer.alloc(0);

/**
 * Reads the header at the beginning of a connection, and nothing behind it.
 *
 * @param done the socket is paused, and gives all that follows the header
 * @param failed there is no valid header: the socket is closed, or destroyed now
 */
export function readProxyHeader(socket: Socket, done: (header: ProxyHeader) => void, failed: () => void): void {
  let received: Buffer = NOTHING;
  const onData = (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const header = parseProxyHeader(received);
    if (header === "incomplete") return;
    if (header === "invalid") {
      socket.destroy();
      return;
    }
    socket.off("data", onData).off("end", destroy).off("error", destroy).off("close", failed);
    socket.pause();
    if (received.length > header.byteLength) socket.unshift(received.subarray(header.byteLength));
    done(header);
  };
  const destroy = () => void socket.destroy();
  // A half-open socket would stay open.
  socket.on("data", onData).on("end", destroy).on("error", destroy).on("close", failed);
}
