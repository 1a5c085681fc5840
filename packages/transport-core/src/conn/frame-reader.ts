import type { Frame, OpCode } from "../contract/frame.js";
import type { Received } from "../limits/received-total.js";
import { FrameInbox, type InboxLimits } from "./frame-inbox.js";
import { Waiters } from "./waiters.js";

/** Reading one frame at a time: what came before anybody asked for it, or who waits for the next. */
export class FrameReader {
  readonly #inbox: FrameInbox;
  readonly #waiters = new Waiters<Frame>();

  constructor(limits: InboxLimits, received?: Received) {
    this.#inbox = new FrameInbox(limits, received);
  }

  /** Whether somebody waits for the next frame. */
  get isWaiting(): boolean {
    return !this.#waiters.isEmpty;
  }

  get isFull(): boolean {
    return this.#inbox.isFull;
  }

  add(opCode: OpCode, payload: Uint8Array): void {
    if (!this.#waiters.resolve({ opCode, payload })) this.#inbox.add(opCode, payload);
  }

  take(): Frame | undefined {
    return this.#inbox.take();
  }

  wait(signal: AbortSignal | undefined): Promise<Frame> {
    return this.#waiters.wait(signal);
  }

  /** Ends the wait, if somebody waits. */
  fail(makeError: () => Error): void {
    this.#waiters.reject(makeError);
  }

  /** The connection has ended: what is left counts no more. */
  uncount(): void {
    this.#inbox.uncount();
  }
}
