import type { AbortOptions, CloseInfo, Frame } from "@im/transport-core";
import { FrameReader } from "@im/transport-core/internal";
import { connectionEnded } from "../connection-ended.js";
import { ClientError } from "../errors.js";

/** Frames that wait to be read. Above the limit, in number or bytes, `add` holds its caller back. */
export class FrameStream {
  readonly #frames: FrameReader;
  #heldBack: (() => void) | undefined;
  #endsSoon = false;
  #ended: CloseInfo | undefined;

  constructor(maxInboxMessages: number, maxInboxBytes: number) {
    this.#frames = new FrameReader({ maxInboxMessages, maxInboxBytes });
  }

  /** @returns a promise if the next frame must not be added before it resolves */
  add({ opCode, payload }: Frame): void | Promise<void> {
    this.#frames.add(opCode, payload);
    if (!this.#frames.isFull || this.#endsSoon) return undefined;
    return new Promise((resolve) => {
      this.#heldBack = resolve;
    });
  }

  async read({ signal }: AbortOptions): Promise<Frame> {
    signal?.throwIfAborted();
    if (this.#frames.isWaiting) {
      throw new ClientError("IM_ERR_CLIENT_STATE", "a read is under way; wait for it, or abort it");
    }
    const frame = this.#frames.take();
    if (frame) {
      if (!this.#frames.isFull) this.#release();
      return frame;
    }
    if (this.#ended) throw connectionEnded(this.#ended);
    return this.#frames.wait(signal);
  }

  /** The connection is closed: the caller of `add` is not held back any more, since there is no peer left to slow down. */
  endsSoon(): void {
    this.#endsSoon = true;
    this.#release();
  }

  /** No more frames come. Those that wait can still be read. */
  end(info: CloseInfo): void {
    this.#ended = info;
    this.#frames.fail(() => connectionEnded(info));
  }

  #release(): void {
    this.#heldBack?.();
    this.#heldBack = undefined;
  }
}
