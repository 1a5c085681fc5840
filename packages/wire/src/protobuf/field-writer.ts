import { copyRun } from "./copy-run.js";
import { varintSize, writeVarint } from "./varint.js";
import { PREFIX_ROOM } from "./write-field.js";

/**
 * Holds a protobuf message that is being written: it lies in `bytes` from `start` to `at`. To write a field, reserve room,
 * write it to `bytes` at `at` by one of the functions of write-field.ts, and set `at` to what they return. When the room
 * ends the message moves to a larger array of its own, so every member may change with every call.
 */
export class FieldWriter {
  bytes: Uint8Array<ArrayBuffer>;
  /** `bytes.buffer`, which takes V8 as long to read as to make a view of it. */
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

  /** Writes fields that are encoded already: `source` from `start` to `end`. */
  raw(source: Uint8Array, start: number, end: number): void {
    this.reserve(end - start);
    copyRun(source, start, end, this.bytes, this.at);
    this.at += end - start;
  }

  /** Begins a nested message, whose tag is of one byte. Pass the result to {@link endMessage} where it ends. */
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
