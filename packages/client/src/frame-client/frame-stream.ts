import type { AbortOptions, CloseInfo, Frame } from "@im/transport-core";
import { connectionEnded } from "../connection-ended.js";
import { ClientError } from "../errors.js";

/** Frames that wait to be read. Above the limit, in number or bytes, `add` holds its caller back. */
export class FrameStream {
  readonly #maxFrames: number;
  readonly #maxBytes: number;
  #frames: Frame[] = [];
  #byteLength = 0;
  #reader: { resolve(frame: Frame): void; reject(error: unknown): void } | undefined;
  #heldBack: (() => void) | undefined;
  #endsSoon = false;
  #ended: CloseInfo | undefined;

  constructor(maxFrames: number, maxBytes: number) {
    this.#maxFrames = maxFrames;
    this.#maxBytes = maxBytes;
  }

  get #isFull(): boolean {
    return this.#frames.length >= this.#maxFrames || this.#byteLength >= this.#maxBytes;
  }

  /** @returns a promise if the next frame must not be added before it resolves */
  add(frame: Frame): void | Promise<void> {
    if (this.#reader) {
      this.#reader.resolve(frame);
      return undefined;
    }
    this.#frames.push(frame);
    this.#byteLength += frame.payload.length;
    if (!this.#isFull || this.#endsSoon) return undefined;
    return new Promise((resolve) => {
      this.#heldBack = resolve;
    });
  }

  async read({ signal }: AbortOptions): Promise<Frame> {
    signal?.throwIfAborted();
    if (this.#reader) throw new ClientError("IM_ERR_CLIENT_STATE", "a read is under way; wait for it, or abort it");
    const frame = this.#frames.shift();
    if (frame) {
      this.#byteLength -= frame.payload.length;
      if (!this.#isFull) this.#release();
      return frame;
    }
    if (this.#ended) throw connectionEnded(this.#ended);
    return this.#next(signal);
  }

  /** The connection is closed: the caller of `add` is not held back any more, since there is no peer left to slow down. */
  endsSoon(): void {
    this.#endsSoon = true;
    this.#release();
  }

  /** No more frames come. Those that wait can still be read. */
  end(info: CloseInfo): void {
    this.#ended = info;
    this.#reader?.reject(connectionEnded(info));
  }

  #release(): void {
    this.#heldBack?.();
    this.#heldBack = undefined;
  }

  #next(signal: AbortSignal | undefined): Promise<Frame> {
    return new Promise<Frame>((resolve, reject) => {
      const settle = () => {
        this.#reader = undefined;
        signal?.removeEventListener("abort", abort);
      };
      const abort = () => {
        settle();
        reject(signal?.reason);
      };
      this.#reader = {
        resolve: (frame) => {
          settle();
          resolve(frame);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      };
      signal?.addEventListener("abort", abort, { once: true });
    });
  }
}
