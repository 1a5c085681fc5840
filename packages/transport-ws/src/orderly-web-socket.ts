import { CloseCode } from "@im/transport-core";
import { WebSocket } from "ws";
import type { WsConnDriver } from "./ws-conn-driver.js";

/** The `ws` engine, which reads frames and does the closing handshake, but says Close only when our side does. */
export class OrderlyWebSocket extends WebSocket {
  /** Set as soon as the handshake is done. */
  driver: WsConnDriver | undefined;

  /** Sends what is queued, then Close. */
  sayClose(code?: number, reason?: string): void {
    if (this.readyState === WebSocket.OPEN) this.driver?.flush();
    super.close(code, reason);
  }

  /** For the engine: it answers the peer's Close by itself, and calls this with a code alone before it tells of an error. */
  override close(code?: number, reason?: string | Buffer): void {
    if (this.readyState === WebSocket.OPEN && this.driver) {
      // The error comes next, and we close for it, with its words as the reason.
      if (code !== undefined && reason === undefined) return;
      // Our side must know at once, so that nobody writes any more, and says Close itself.
      this.driver.peerCloses(code ?? CloseCode.NoStatus, String(reason ?? ""));
    }
    super.close(code, reason);
  }
}
