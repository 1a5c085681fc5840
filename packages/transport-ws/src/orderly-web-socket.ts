import { WebSocket } from "ws";
import type { WsConnDriver } from "./ws-conn-driver.js";

/**
 * The `ws` engine, which reads frames and does the closing handshake. It writes Close frames by itself, also as the
 * answer to the peer's; whatever our driver has queued must leave before that.
 */
export class OrderlyWebSocket extends WebSocket {
  /** Set as soon as the handshake is done. */
  driver: WsConnDriver | undefined;

  override close(code?: number, reason?: string | Buffer): void {
    if (this.readyState === WebSocket.OPEN) this.driver?.flush();
    super.close(code, reason);
  }
}
