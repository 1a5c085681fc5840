import type { Address } from "../contract/address.js";
import type { OpCode } from "../contract/frame.js";
import type { CloseInfo } from "../errors.js";

/** Where a driver puts what its socket does. {@link createConnFactory} provides it. */
export interface FrameSink {
  /** A frame with a larger payload is a `violation`, with code 1009, found before memory is taken for it. */
  readonly maxPayloadBytes: number;
  /**
   * A frame has arrived. Any number is allowed as opcode: unknown ones, over-long control frames and Close are handled
   * here. The payload's memory must not be reused.
   */
  frame(opCode: number, payload: Uint8Array): void;
  /** The driver keeps so many bytes more, or less, of messages that are not complete. */
  halfReceived?(bytes: number): void;
  /** The system has taken all that was flushed, after a `flush` that returned false, or a `close` that left bytes queued. */
  drain(): void;
  /**
   * The peer broke the rules of the transport, or sent more than is allowed: the connection is closed with `code`. The
   * driver decodes nothing more, but reads on and discards the input, as after `ignoreInput`.
   */
  violation(code: number, reason: string): void;
  /** The socket is closed, by either side. Called once, last. */
  end(info: CloseInfo): void;
}

/**
 * All that a transport author writes for a connection. Queueing, limits, deadlines, `readFrame` and closing in order
 * are built on it, once for all transports. No member may throw because of the peer.
 */
export interface ConnDriver {
  readonly localAddress: Address;
  readonly remoteAddress: Address;
  /** The subprotocol that both sides agreed on. @default none */
  readonly subprotocol?: string | undefined;
  readonly canPing: boolean;
  /** Bytes written, with their framing, that the operating system has not taken yet. */
  readonly queuedBytes: number;
  /**
   * Of what was flushed: bytes that the system has not taken yet, as exactly as is known. When they become fewer, the peer
   * reads, and the write wait begins anew; without this member the write wait bounds a whole flush.
   */
  readonly untakenBytes?: number;
  /** Begins reading; called once, before anything else. */
  start(sink: FrameSink): void;
  pause(): void;
  resume(): void;
  /**
   * Encodes one frame behind what is queued; small payloads are best copied.
   *
   * @throws `IM_ERR_INVALID_FRAME` for an opcode that this transport cannot send
   */
  writeFrame(opCode: OpCode, payload: Uint8Array): void;
  /** Queues a frame that {@link ListenerDriver.encodeFrame} made, to be shared with other connections. */
  writeEncoded?(frame: Uint8Array): void;
  /** Hands all that is queued to the system in one write. False: not all of it was taken, `drain` will follow. */
  flush(): boolean;
  /** Called instead of `flush` while `drain` is due: a driver without an event for it may check, and call `drain` at once. */
  look?(): void;
  /** Flushes, sends Close (without a payload for code 1005) and ends the sending side; the socket closes when the peer does. */
  close(code: number, reason: string): void;
  /**
   * The peer broke the rules: what it sends from now on is read and discarded, so that no reset takes our Close from it.
   * Only the end of its socket still matters.
   */
  ignoreInput?(): void;
  /** Closes the socket at once; `end` follows. */
  destroy(): void;
}
