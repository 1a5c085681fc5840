import type { FieldReader } from "./field-reader.js";
import { writeVarint } from "./varint.js";

/** Collects fields that nobody here knows: in order, tags minimal, values as they came, as protobuf-go keeps them. */
export class UnknownFields {
  readonly #bytes: Uint8Array;
  #length = 0;

  /** @param capacity what is left of the message: it cannot hold more unknown bytes than that. */
  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** Takes the value that `reader` stands before. */
  take(reader: FieldReader, tag: number): void {
    const start = reader.pos;
    reader.skip(tag);
    this.#length = writeVarint(tag, this.#bytes, this.#length);
    this.#bytes.set(reader.bytes.subarray(start, reader.pos), this.#length);
    this.#length += reader.pos - start;
  }

  /** A copy: it keeps nothing else alive. */
  toBytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}
