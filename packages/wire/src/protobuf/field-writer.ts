import { copyRun } from "./copy-run.js";
import { varintSize, writeVarint } from "./varint.js";
import { PREFIX_ROOM, textFieldRoom } from "./write-field.js";
import { writeTextField } from "./write-text.js";

/**
 * Holds a protobuf message that is being written, in `bytes` from `start` to `at`. Where room ends it goes on in a larger
 * array of its own, so all of them may change with every call. Who has reserved the room may also write to `bytes`, and
 * moves `at`. Tags are of one byte.
 */
export class FieldWriter {
  bytes: Uint8Array<ArrayBuffer>;
  /** That of `bytes`, which take as long to give it as a view of it takes to make (measured on V8). */
  buffer: ArrayBuffer;
  /** Where the message begins. */
  start: number;
  /** Where the next field goes. */
  at: number;

  /** @param capacity in bytes, without growing */
  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
    this.buffer = this.bytes.buffer;
    this.start = 0;
    this.at = 0;
  }

  /**
   * A string, even an empty one. Returns false, and has written nothing of use, when it holds a lone surrogate and so has
   * no UTF-8.
   */
  text(tag: number, text: string): boolean {
    this.reserve(textFieldRoom(text));
    this.at = writeTextField(tag, text, this.bytes, this.at);
    return this.at >= 0;
  }

  /** Fields that are encoded already: `source` from `start` to `end`. */
  raw(source: Uint8Array, start: number, end: number): void {
    this.reserve(end - start);
    copyRun(source, start, end, this.bytes, this.at);
    this.at += end - start;
  }

  /** Begins a nested message, even an empty one; what follows belongs to it until {@link endMessage} takes the result. */
  beginMessage(tag: number): number {
    this.reserve(PREFIX_ROOM);
    this.bytes[this.at] = tag;
    // Most are shorter than 128 bytes; a longer one is moved when its length is known.
    this.at += 2;
    return this.at - this.start;
  }

  endMessage(begun: number): void {
    const begin = this.start + begun;
    const length = this.at - begin;
    const moved = varintSize(length) - 1;
    if (moved > 0) {
      this.reserve(moved);
      const from = this.start + begun;
      this.bytes.copyWithin(from + moved, from, this.at);
      this.at += moved;
    }
    writeVarint(length, this.bytes, this.start + begun - 1);
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    if (this.at + count > this.bytes.length) this.#grow(count);
  }

  #grow(count: number): void {
    const length = this.at - this.start;
    const larger = new Uint8Array(2 * (length + count));
    larger.set(this.bytes.subarray(this.start, this.at));
    this.bytes = larger;
    this.buffer = larger.buffer;
    this.start = 0;
    this.at = length;
  }
}
