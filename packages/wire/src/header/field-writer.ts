import { SHORT_TEXT, utf8Length, writeShortUtf8, writeUtf8 } from "./utf8.js";
import { varintSize, writeInt32, writeVarint } from "./varint.js";

/** The longest tag and varint together: a tag of one byte, an int32 of ten. */
const NUMBER_ROOM = 11;
/** Up to this many bytes a loop beats `set` and the view that it needs (measured on V8). */
const SHORT_RUN = 48;
/** A tag of one byte and a length. */
const PREFIX_ROOM = 6;

/**
 * Writes the fields of a protobuf message, in the order of the calls, into `bytes` from `start` on. Where room ends it
 * goes on in a larger array of its own, so `bytes` and `start` may change with every call. A default (empty, 0) is left
 * out. Tags are of one byte.
 */
export class FieldWriter {
  bytes: Uint8Array;
  /** Where the message begins. */
  start: number;
  /** Where the next field goes. */
  at: number;

  constructor(bytes: Uint8Array, start: number) {
    this.bytes = bytes;
    this.start = start;
    this.at = start;
  }

  /** Returns false, and has written nothing of use, when `text` holds a lone surrogate and so has no UTF-8. */
  string(tag: number, text: string): boolean {
    return text === "" || this.element(tag, text);
  }

  /** The same for an element of a repeated field, which is written even when it is empty. */
  element(tag: number, text: string): boolean {
    const units = text.length;
    // A unit takes three bytes at most (a pair of them four).
    this.reserve(PREFIX_ROOM + 3 * units);
    const { bytes, at } = this;
    bytes[at] = tag;
    if (units <= SHORT_TEXT) {
      const end = writeShortUtf8(text, bytes, at + 2);
      bytes[at + 1] = end - at - 2;
      this.at = end;
      return end >= 0;
    }
    const length = utf8Length(text);
    if (length < 0) return false;
    this.at = writeUtf8(text, bytes, writeVarint(length, bytes, at + 1));
    return true;
  }

  /** A u32. */
  uint32(tag: number, value: number): void {
    if (value === 0) return;
    this.reserve(NUMBER_ROOM);
    this.bytes[this.at] = tag;
    this.at = writeVarint(value, this.bytes, this.at + 1);
  }

  /** An int32, as enums are. */
  int32(tag: number, value: number): void {
    if (value === 0) return;
    this.reserve(NUMBER_ROOM);
    this.bytes[this.at] = tag;
    this.at = writeInt32(value, this.bytes, this.at + 1);
  }

  /** Fields that are encoded already: `source` from `start` to `end`. */
  raw(source: Uint8Array, start: number, end: number): void {
    this.reserve(end - start);
    const { bytes, at } = this;
    if (end - start > SHORT_RUN) bytes.set(source.subarray(start, end), at);
    else for (let i = start; i < end; i++) bytes[at + i - start] = source[i]!;
    this.at = at + end - start;
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
    this.start = 0;
    this.at = length;
  }
}
