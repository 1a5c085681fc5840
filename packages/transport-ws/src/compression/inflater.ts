import { constants, createInflateRaw, type InflateRaw } from "node:zlib";

/** Takes what an {@link Inflater} finds. */
export interface InflatedSink {
  /** A piece of the message. @returns false to stop: neither of them is called again */
  piece(bytes: Uint8Array): boolean;
  /** All of the input is decompressed. */
  done(): void;
  /** The input is no deflate data. */
  corrupt(): void;
}

/** What an endpoint puts behind each message before it decompresses it (RFC 7692 §7.2.2). */
const TRAILER = /* @__PURE__ */ Uint8Array.of(0x00, 0x00, 0xff, 0xff);
/** Up to here, a copy with the trailer costs less than another call of zlib. */
const COPY_LIMIT_BYTES = 64 * 1024;

/** Decompresses messages, one at a time, in the thread pool, in pieces of 16 KiB at most. */
export class Inflater {
  readonly #zlib: InflateRaw;
  #sink: InflatedSink | undefined;
  /** Whether it can take more input. */
  isUsable = true;

  constructor(windowBits: number) {
    this.#zlib = createInflateRaw({ windowBits, flush: constants.Z_SYNC_FLUSH });
    this.#zlib.on("data", (piece: Buffer) => {
      if (this.#sink?.piece(new Uint8Array(piece.buffer, piece.byteOffset, piece.length)) === false) this.close();
    });
    this.#zlib.on("error", () => {
      const sink = this.#sink;
      this.close();
      sink?.corrupt();
    });
  }

  /**
   * Decompresses a fragment.
   *
   * @param isFinal whether it is the last of its message
   * @param left gets what follows a block that is marked as the last, if there is one; a new inflater has to go on
   */
  inflate(input: Uint8Array, isFinal: boolean, sink: InflatedSink, left: (rest: Uint8Array) => void): void {
    if (isFinal && input.length <= COPY_LIMIT_BYTES) this.#write([Buffer.concat([input, TRAILER])], sink, left);
    else this.#write(isFinal ? [input, TRAILER] : [input], sink, left);
  }

  #write(inputs: Uint8Array[], sink: InflatedSink, left: (rest: Uint8Array) => void): void {
    this.#sink = sink;
    const endBytes = this.#zlib.bytesWritten + inputs.reduce((bytes, { length }) => bytes + length, 0);
    const written = () => {
      if (!this.#sink) return;
      this.#sink = undefined;
      const leftBytes = endBytes - this.#zlib.bytesWritten;
      if (leftBytes === 0) {
        sink.done();
        return;
      }
      this.close();
      left(Buffer.concat(inputs).subarray(-leftBytes));
    };
    const last = inputs.at(-1)!;
    for (const input of inputs) this.#zlib.write(input, input === last ? written : undefined);
  }

  /** Forgets the messages so far. Not while it decompresses one. */
  reset(): void {
    this.#zlib.reset();
  }

  close(): void {
    this.isUsable = false;
    this.#sink = undefined;
    this.#zlib.close();
  }
}
