import type { CloseInfo } from "../errors.js";
import type { Address } from "./address.js";
import type { Frame, OpCode } from "./frame.js";

/** Every asynchronous call takes a signal; an abort rejects with `signal.reason` and harms nothing else. */
export interface AbortOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Takes what a connection reads, in order. */
export interface FrameReceiver {
  /** Called for every frame but Close. Must not throw. */
  frame(opCode: OpCode, payload: Uint8Array): void;
  /**
   * Called at most once, before `end`, when the peer has sent Close or broken the protocol: nothing more is received or can
   * be sent, though the socket may take a while to close. `readFrames` calls it if either side is closing already. A
   * browser's connection, whose platform reports a Close only at the end, does not call it for one. Must not throw.
   */
  closing?(info: CloseInfo): void;
  /** Called once, last, when the socket is closed. */
  end(info: CloseInfo): void;
}

/**
 * A connection that speaks frames, whichever protocol carries it: what the seed wraps around `net.Conn`.
 *
 * Deadlines are absolute, in milliseconds of `performance.now()`; `Infinity` takes one away.
 */
export interface Conn extends AsyncDisposable {
  /** Known for as long as the connection is open. */
  readonly localAddress: Address;
  readonly remoteAddress: Address;
  /** The subprotocol that both sides agreed on (RFC 6455 §1.9); empty if none, as always on TCP. */
  readonly subprotocol: string;
  /** Whether Ping frames can be sent; a browser cannot. */
  readonly canPing: boolean;
  /** Bytes written and not yet taken by the operating system, framing included. */
  readonly queuedBytes: number;
  /** Resolves when the socket is closed; never rejects. */
  readonly closed: Promise<CloseInfo>;

  /**
   * The next frame. Ping and Pong are returned as well, and the caller answers a Ping. A Close is answered, not returned: once
   * the frames before it are read, reads reject with `IM_ERR_CLOSED`.
   *
   * @throws `IM_ERR_READ_TIMEOUT` at the read deadline (the connection stays open), `IM_ERR_CLOSED`,
   * `IM_ERR_READ_CONFLICT` while another read is under way or a receiver has the frames.
   */
  readFrame(options?: AbortOptions): Promise<Frame>;
  /**
   * Gives all frames to the receiver from now on, without a promise per frame: first those that were not read yet, then each
   * as it is received. From then on the read deadline closes the connection.
   *
   * @throws `IM_ERR_READ_CONFLICT` if there is a receiver already or a `readFrame` is under way.
   */
  readFrames(receiver: FrameReceiver): void;
  /** Stops taking bytes from the system. What was taken already, at most one chunk of the system, still arrives. */
  pauseReading(): void;
  resumeReading(): void;

  /**
   * Queues a frame. All frames written in one turn of the event loop leave in one write at its end, in order; `flush` sends
   * them now. The payload must not be changed afterwards.
   *
   * @returns whether the queue is still at or below its high-water mark. The frame is queued either way.
   * @throws `IM_ERR_CLOSED`; `IM_ERR_INVALID_FRAME` for what is no Uint8Array, a Close (use `close`), a control payload over
   * 125 bytes or an opcode that the transport cannot send; `IM_ERR_PAYLOAD_TOO_LARGE`; `IM_ERR_QUEUE_FULL` beyond the hard
   * limit, which also closes the connection. After the second and third the connection goes on.
   */
  writeFrame(opCode: OpCode, payload: Uint8Array): boolean;
  /**
   * Hands all that is queued to the system now, in one write, instead of at the end of the turn.
   *
   * @returns whether the system took all of it. If not, the rest follows by itself, in order, and what is written
   * meanwhile follows that; a write that takes longer than the write wait closes the connection.
   */
  flush(): boolean;
  /** Resolves when the queue is at or below its high-water mark. @throws `IM_ERR_CLOSED` */
  drained(options?: AbortOptions): Promise<void>;

  setReadDeadline(deadlineMs: number): void;
  setWriteDeadline(deadlineMs: number): void;
  /** How long one flush may take, in milliseconds, counted from the moment at which the system stops taking bytes. */
  setWriteWait(waitMs: number): void;
  /** How long the peer has to answer a Close, in milliseconds. */
  setCloseWait(waitMs: number): void;

  /**
   * Sends what is queued, for which the write wait holds as before, then Close with code and reason, and resolves when
   * the socket is closed. Once Close has left, the peer has the close wait to answer; what else it sends meanwhile is
   * thrown away. Later calls join the first. The reason is cut to 123 bytes of UTF-8.
   *
   * @throws `IM_ERR_INVALID_FRAME` for a code that may not be sent (RFC 6455 §7.4).
   */
  close(code?: number, reason?: string): Promise<void>;
  /** Closes the socket now; what is queued is lost. */
  destroy(): void;
}
