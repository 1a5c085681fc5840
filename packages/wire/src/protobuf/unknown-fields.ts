import { copyRun } from "./copy-run.js";
import { writeVarint } from "./varint.js";

/** Collects the fields of one message that the reader does not know: in order, tags minimal, values as received. */
export class UnknownFields {
  readonly #bytes: Uint8Array;
  #length = 0;

  /** @param capacity in bytes: at least the rest of the message, which cannot hold more unknown fields than that */
  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** Adds the field with this tag, whose value stands in `bytes` from `start` to `end`. */
  take(tag: number, bytes: Uint8Array, start: number, end: number): void {
    const at = writeVarint(tag, this.#bytes, this.#length);
    copyRun(bytes, start, end, this.#bytes, at);
    this.#length = at + end - start;
  }

  /** A copy of exactly the length that is needed, so it keeps no other memory alive. */
  toBytes(): Uint8Array {
    return this.#bytes.length === this.#length ? this.#bytes : this.#bytes.slice(0, this.#length);
  }
}
