import type { Frame, OpCode } from "../contract/frame.js";
import { FrameInbox } from "./frame-inbox.js";
import { Waiters } from "./waiters.js";

/** Reading one frame at a time: an inbox whose reader may wait for the next frame. */
export class FrameReader extends FrameInbox {
  readonly #waiters = new Waiters<Frame>();

  /** Whether a read waits for the next frame. */
  get isWaiting(): boolean {
    return !this.#waiters.isEmpty;
  }

  override add(opCode: OpCode, payload: Uint8Array): Uint8Array {
    return this.#waiters.resolve({ opCode, payload }) ? payload : super.add(opCode, payload);
  }

  wait(signal: AbortSignal | undefined): Promise<Frame> {
    return this.#waiters.wait(signal);
  }

  /** Ends the wait, if a read waits. */
  fail(makeError: () => Error): void {
    this.#waiters.reject(makeError);
  }
}
