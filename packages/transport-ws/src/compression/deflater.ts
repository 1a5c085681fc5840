import { constants, createDeflateRaw, type DeflateRaw } from "node:zlib";
import type { DeflateSettings } from "./deflate-options.js";

/** What each message ends with after a flush, and is sent without (RFC 7692 §7.2.1). */
const TRAILER_BYTES = 4;

/** Compresses messages, one at a time, in the thread pool. */
export class Deflater {
  readonly #zlib: DeflateRaw;
  #pieces: Buffer[] = [];
  #done: ((deflated: Uint8Array | undefined) => void) | undefined;
  /** Whether zlib has failed, for want of memory perhaps. */
  isBroken = false;
  #isClosing = false;

  constructor({ level, memLevel }: DeflateSettings, windowBits: number) {
    this.#zlib = createDeflateRaw({ level, memLevel, windowBits, flush: constants.Z_SYNC_FLUSH });
    this.#zlib.on("data", (piece: Buffer) => this.#pieces.push(piece));
    this.#zlib.on("error", () => {
      this.isBroken = true;
      this.#finish(undefined);
    });
  }

  /** @param done gets the payload of a compressed message; undefined if zlib fails */
  deflate(payload: Uint8Array, done: (deflated: Uint8Array | undefined) => void): void {
    this.#done = done;
    this.#zlib.write(payload, () => {
      const pieces = this.#pieces;
      this.#pieces = [];
      const bytes = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
      this.#finish(bytes.subarray(0, -TRAILER_BYTES));
    });
  }

  #finish(deflated: Uint8Array | undefined): void {
    const done = this.#done;
    this.#done = undefined;
    if (this.#isClosing) this.#zlib.close();
    done?.(deflated);
  }

  /** Forgets the messages so far. Not while it compresses one. */
  reset(): void {
    this.#zlib.reset();
  }

  /** Frees its memory, behind the message that it compresses. */
  close(): void {
    if (this.#done) this.#isClosing = true;
    else this.#zlib.close();
  }
}
