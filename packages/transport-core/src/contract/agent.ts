import type { Address } from "./address.js";
import type { AbortOptions } from "./conn.js";
import type { OpCode } from "./frame.js";

/** What listeners get of a channel: its identity, and a way to answer. They cannot close it by mistake. */
export interface Agent {
  /** The channel id that the Acceptor gave. */
  readonly id: string;
  /** What else the Acceptor gave; an empty object if nothing. */
  readonly meta: Readonly<Record<string, unknown>>;
  readonly remoteAddress: Address;
  /**
   * Queues a frame and returns at once. What is pushed in one turn of the event loop leaves in one write, in
   * order. The payload must not be changed afterwards. An empty one arrives at a peer of ours only if that has the option
   * `deliverEmptyMessages`.
   *
   * @param opCode Binary if not given. Text must be UTF-8 (RFC 6455 §5.6): WebSocket refuses what is not, TCP does not
   * look. Continuation is for TCP alone.
   * @returns false when the queue is above its high-water mark; the message is queued all the same, and `drained()`
   * resolves when more may follow.
   * @throws `IM_ERR_CLOSED` once the channel is closing, `IM_ERR_INVALID_FRAME` for what is no Uint8Array and for
   * an opcode of no message,
   * `IM_ERR_PAYLOAD_TOO_LARGE`, `IM_ERR_QUEUE_FULL`: nothing is
   * dropped in silence.
   */
  push(payload: Uint8Array, opCode?: OpCode): boolean;
  /** Resolves when the queue is at or below its high-water mark. @throws `IM_ERR_CLOSED` */
  drained(options?: AbortOptions): Promise<void>;
}
