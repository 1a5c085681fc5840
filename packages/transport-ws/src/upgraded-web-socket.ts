import type { Socket } from "node:net";
import { WebSocket } from "ws";

/** A WebSocket of `ws` that does the handshake, and then gives its socket away instead of speaking itself. */
export class UpgradedWebSocket extends WebSocket {
  /** Once the handshake is done; `head` is what the peer has sent behind it. */
  handedOver: { readonly socket: Socket; readonly head: Buffer } | undefined;

  /** For the engine: here it would begin to read. */
  protected setSocket(socket: Socket, head: Buffer): void {
    // Whoever gives an HTTP server its connections may give it other streams than sockets.
    socket.setTimeout?.(0);
    socket.setNoDelay?.();
    this.handedOver = { socket, head };
    this.emit("open");
  }
}

/** What the engine is told, as server and as client: no extension is agreed on, so our reader understands all frames. */
export const engineOptions = { perMessageDeflate: false } as const;
