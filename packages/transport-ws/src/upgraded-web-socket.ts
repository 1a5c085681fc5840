import type { Socket } from "node:net";
import { WebSocket } from "ws";

/** A socket whose upgrade is done. */
export interface UpgradedSocket {
  readonly socket: Socket;
  /** The bytes that were received behind the handshake. */
  readonly head: Buffer;
  /** The subprotocol that both sides agreed on; empty if none. */
  readonly subprotocol: string;
}

/** A WebSocket of `ws` that does the handshake, and then hands its socket over instead of reading frames itself. */
export class UpgradedWebSocket extends WebSocket {
  /** Set when the handshake is done. */
  handedOver: UpgradedSocket | undefined;

  /** `ws` calls it to begin to read frames. */
  protected setSocket(socket: Socket, head: Buffer): void {
    // An HTTP server may be given streams that are not sockets, by its 'connection' event.
    socket.setTimeout?.(0);
    socket.setNoDelay?.();
    this.handedOver = { socket, head, subprotocol: this.protocol };
    this.emit("open");
  }
}

/** Options of `ws` for servers and dialers. Without a word from us it negotiates no extension. */
export const engineOptions = { perMessageDeflate: false } as const;
