import type { AbortOptions } from "./conn.js";
import type { Dialer } from "./dialer.js";
import type { Frame, OpCode } from "./frame.js";

/** One connection to a server, with a heartbeat. `@im/client` implements it. */
export interface Client extends AsyncDisposable, AsyncIterable<Frame> {
  readonly id: string;
  readonly name: string;
  /** Sets how `connect` dials and logs in. Counts from the next `connect`. */
  setDialer(dialer: Dialer): void;
  /**
   * Dials, shakes hands and starts the heartbeat. After a failure, and after the connection ended, it may be called
   * again; while connecting or connected it is refused.
   */
  connect(address: string, options?: AbortOptions): Promise<void>;
  /**
   * Queues a frame; see `Agent.push` for order, batching, opcode and the result. An empty message arrives only at a server
   * with the option `deliverEmptyMessages`.
   *
   * @throws when not connected, with the reason of the end if there was a connection.
   */
  send(payload: Uint8Array, opCode?: OpCode): boolean;
  /** Resolves when `send` may go on after it returned false. */
  drained(options?: AbortOptions): Promise<void>;
  /**
   * The next Text, Binary or Continuation frame; Ping and Pong are not returned, and empty messages are
   * skipped without the option `deliverEmptyMessages`. After the connection has ended, the frames received before are still
   * returned; then it rejects with the reason.
   */
  read(options?: AbortOptions): Promise<Frame>;
  /** Sends what is queued, says Close and disconnects. Harmless before `connect` and when repeated. */
  close(): Promise<void>;
}
