import { MalformedField } from "./malformed-field.js";
import { GO, type Tolerance, WireType } from "./wire-type.js";

/** Field numbers go to 2^29 − 1. */
const TAG_END = 2 ** 32;

/** Where any field ends that begins at `at` in a message that ends at `end`. Throws MalformedField. */
export function anyFieldEnd(bytes: Uint8Array, at: number, end: number, tolerance: Tolerance): number {
  const cursor = new Cursor(bytes, at, end, tolerance);
  cursor.skipValue(cursor.tagBelow(TAG_END));
  return cursor.at;
}

/** Checks that the bytes from `start` to `end` are values of this wire type, one behind the other. Throws MalformedField. */
export function checkPacked(bytes: Uint8Array, start: number, end: number, wireType: number): void {
  const cursor = new Cursor(bytes, start, end, GO);
  while (cursor.at < end) cursor.skipValue(wireType);
}

/** A place in a message, which moves over tags and values. Every method throws MalformedField. */
class Cursor {
  at: number;
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #tolerance: Tolerance;

  constructor(bytes: Uint8Array, at: number, end: number, tolerance: Tolerance) {
    this.at = at;
    this.#bytes = bytes;
    this.#end = end;
    this.#tolerance = tolerance;
  }

  /** A tag whose field number is valid; its wire type may be none. */
  tagBelow(limit: number): number {
    const start = this.at;
    const tag = this.#varint();
    if (tag >= 8 && tag < limit && this.at - start <= this.#tolerance.maxTagBytes) return tag;
    throw new MalformedField(`the tag before byte ${this.at} is invalid`);
  }

  /** Moves over the value that belongs to `tag`; groups must be balanced. */
  skipValue(tag: number): void {
    const wireType = tag % 8;
    if (wireType === WireType.Varint) this.#varint();
    else if (wireType === WireType.Bytes) this.#advance(this.#varint());
    else if (wireType === WireType.Fixed64) this.#advance(8);
    else if (wireType === WireType.Fixed32) this.#advance(4);
    else if (wireType === WireType.StartGroup) this.#skipGroup(tag);
    else throw new MalformedField(`the wire type before byte ${this.at} is invalid`);
  }

  /** The groups that are open stand in a list, so depth costs no stack. */
  #skipGroup(tag: number): void {
    const open = [Math.floor(tag / 8)];
    while (open.length > 0) {
      const inner = this.tagBelow(this.#tolerance.tagEndInGroup);
      const number = Math.floor(inner / 8);
      if (inner % 8 === WireType.StartGroup) open.push(number);
      else if (inner % 8 !== WireType.EndGroup) this.skipValue(inner);
      else if (open.pop() !== number) throw new MalformedField(`the group before byte ${this.at} is not open`);
      if (open.length > this.#tolerance.maxGroupDepth) throw new MalformedField("groups nest too deeply");
    }
  }

  #advance(count: number): void {
    if (count > this.#end - this.at) throw new MalformedField(`the value at byte ${this.at} is cut`);
    this.at += count;
  }

  /** Reads up to 64 bits, minimal or not, as a number that is exact below 2^53. */
  #varint(): number {
    let value = 0;
    let scale = 1;
    for (let shift = 0; shift < 70 && this.at < this.#end; shift += 7) {
      const byte = this.#bytes[this.at++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (shift === 63 && byte > 1) break;
        return value;
      }
      scale *= 128;
    }
    throw new MalformedField(`the varint before byte ${this.at} is cut or too long`);
  }
}
