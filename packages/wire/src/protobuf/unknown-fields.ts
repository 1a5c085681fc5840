import { EMPTY_BYTES } from "../bytes.js";
import { writeVarint } from "./varint.js";

/** Collects fields that nobody here knows: in order, tags minimal, values as they came, as protobuf-go keeps them. */
export class UnknownFields {
  readonly #capacity: number;
  #bytes: Uint8Array | undefined;
  /** In bytes. */
  length = 0;

  /** @param capacity what is left of the message: it cannot hold more unknown bytes than that. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Takes the field with the tag and the value that stands in `bytes` from `start` to `end`. */
  take(tag: number, bytes: Uint8Array, start: number, end: number): void {
    this.#bytes ??= new Uint8Array(this.#capacity);
    this.length = writeVarint(tag, this.#bytes, this.length);
    this.#bytes.set(bytes.subarray(start, end), this.length);
    this.length += end - start;
  }

  /** A copy: it keeps nothing else alive. */
  toBytes(): Uint8Array {
    return this.#bytes?.slice(0, this.length) ?? EMPTY_BYTES;
  }
}
