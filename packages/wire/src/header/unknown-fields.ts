import { writeVarint } from "./varint.js";

/** Collects fields that nobody here knows: in order, tags minimal, values as they came, as protobuf-go keeps them. */
export class UnknownFields {
  readonly #bytes: Uint8Array;
  #length = 0;

  /** @param capacity what is left of the message: it cannot hold more unknown bytes than that. */
  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** Takes the field with the tag and the value that stands in `bytes` from `start` to `end`. */
  take(tag: number, bytes: Uint8Array, start: number, end: number): void {
    this.#length = writeVarint(tag, this.#bytes, this.#length);
    this.#bytes.set(bytes.subarray(start, end), this.#length);
    this.#length += end - start;
  }

  /** A copy: it keeps nothing else alive. */
  toBytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}
