import type { CloseInfo } from "../errors.js";
import type { Agent } from "./agent.js";
import type { Conn } from "./conn.js";
import type { MessageListener } from "./message-listener.js";

/** A Conn with an identity and a read loop. `push` and `writeFrame` share one queue. */
export interface Channel extends Conn, Agent {
  /**
   * Reads until the connection ends: answers Ping with Pong, consumes Pong, skips empty messages (unless
   * `deliverEmptyMessages`), and gives Text, Binary and (on TCP) Continuation to the listener. Every frame renews the read
   * deadline. `readFrame` throws from now on.
   *
   * @returns how the connection ended, once the socket is closed and what arrived before was given to the listener.
   * @throws `IM_ERR_READ_CONFLICT` if a read loop runs already.
   */
  readLoop(listener: MessageListener): Promise<CloseInfo>;
  /** How long the peer may be silent, in milliseconds, before the connection is closed. Counts from the next frame. */
  setReadWait(waitMs: number): void;
}
