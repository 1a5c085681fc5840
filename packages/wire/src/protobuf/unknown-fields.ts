import { copyRun } from "./copy-run.js";
import { tagAt, valueStart } from "./fields.js";
import { writeVarint } from "./varint.js";

/** Collects the fields of one message that the reader does not know: in order, tags minimal, values as received. */
export class UnknownFields {
  readonly #bytes: Uint8Array;
  #length = 0;

  /** @param capacity in bytes: at least the rest of the message, which cannot hold more unknown fields than that */
  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** Adds the field of `bytes` that begins at `at` and ends at `end`. */
  take(bytes: Uint8Array, at: number, end: number): void {
    const start = valueStart(bytes, at);
    const to = writeVarint(tagAt(bytes, at), this.#bytes, this.#length);
    copyRun(bytes, start, end, this.#bytes, to);
    this.#length = to + end - start;
  }

  /** A copy of exactly the length that is needed, so it keeps no other memory alive. */
  toBytes(): Uint8Array {
    return this.#bytes.length === this.#length ? this.#bytes : this.#bytes.slice(0, this.#length);
  }
}
