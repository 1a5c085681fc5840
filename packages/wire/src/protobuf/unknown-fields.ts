import { copyRun, EMPTY_BYTES } from "../bytes.js";
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
    const at = writeVarint(tag, this.#bytes, this.length);
    copyRun(bytes, start, end, this.#bytes, at);
    this.length = at + end - start;
  }

  /** A copy: it keeps nothing else alive. */
  toBytes(): Uint8Array {
    const bytes = this.#bytes ?? EMPTY_BYTES;
    return bytes.length === this.length ? bytes : bytes.slice(0, this.length);
  }
}
