import type { Socket } from "node:net";
import { WebSocket } from "ws";

/** A WebSocket of `ws` that does the handshake, and then gives its socket away instead of speaking itself. */
export class UpgradedWebSocket extends WebSocket {
  /** Called when the handshake is done; `head` is what the peer has sent behind it. */
  upgraded: ((socket: Socket, head: Buffer) => void) | undefined;

  /** For the engine: here it would begin to read. */
  protected setSocket(socket: Socket, head: Buffer): void {
    socket.setTimeout(0);
    socket.setNoDelay();
    this.upgraded?.(socket, head);
  }
}
