import { readShortAscii } from "./short-ascii.js";
import { decodeUtf8 } from "./utf8.js";
import { int32At } from "./varint.js";

/** The low three bits of a tag. */
export const WireType = { Varint: 0, Fixed64: 1, Bytes: 2, StartGroup: 3, EndGroup: 4, Fixed32: 5 } as const;

/** Field numbers go to 2^29 − 1. */
const TAG_END = 2 ** 32;

/** What a message may hold that we do not know; for all else every reader of protobuf draws the same line. */
export interface Tolerance {
  /** Of a tag, which need not be minimal. */
  readonly maxTagBytes: number;
  /** What tags inside groups are below. */
  readonly tagEndInGroup: number;
  /** The groups still open are kept in a list, so depth costs no stack. */
  readonly maxGroupDepth: number;
}

/** protobuf-go, so kim. Inside groups it only asks that field numbers fit an int32. */
const GO: Tolerance = { maxTagBytes: 10, tagEndInGroup: 2 ** 34, maxGroupDepth: 10_000 };
/** protobuf-es, which reads the bodies. */
export const ES: Tolerance = { maxTagBytes: 5, tagEndInGroup: TAG_END, maxGroupDepth: 99 };

/** Why bytes are no protobuf message. Those who know what was being read turn it into a WireError. */
export class MalformedField extends Error {}

/**
 * Reads the fields of a protobuf message that lies in `bytes` from `pos` to `end`, accepting and refusing exactly what
 * protobuf-go does, or what another {@link Tolerance} says. Every method throws MalformedField when the bytes do not allow it.
 */
export class FieldReader {
  readonly bytes: Uint8Array;
  pos: number;
  end: number;
  readonly #tolerance: Tolerance;

  constructor(bytes: Uint8Array, start: number, end: number, tolerance = GO) {
    this.bytes = bytes;
    this.pos = start;
    this.end = end;
    this.#tolerance = tolerance;
  }

  /** A field number times eight plus a wire type; the number is valid, the type may be none. */
  tag(): number {
    const first = this.bytes[this.pos]!;
    // Nearly all take one byte.
    if (first > 7 && first < 0x80 && this.pos < this.end) {
      this.pos++;
      return first;
    }
    return this.#tagBelow(TAG_END);
  }

  /** The length of what follows; it lies within the message. */
  length(): number {
    const length = this.#varint();
    if (length <= this.end - this.pos) return length;
    throw new MalformedField(`a length of ${length} at byte ${this.pos} is too long`);
  }

  string(): string {
    const length = this.length();
    const start = this.pos;
    this.pos = start + length;
    const short = readShortAscii(this.bytes, start, length);
    if (short !== undefined) return short;
    try {
      return decodeUtf8(this.bytes, start, this.pos);
    } catch (cause) {
      throw new MalformedField(`the string at byte ${start} is not valid UTF-8`, { cause });
    }
  }

  /** A varint, cut to its low 32 bits, signed. */
  int32(): number {
    const start = this.pos;
    const value = this.#varint();
    return value === (value | 0) ? value : int32At(this.bytes, start, this.pos);
  }

  /** What the length that comes next covers, a message in itself. */
  nested(): FieldReader {
    const length = this.length();
    const start = this.pos;
    this.pos = start + length;
    return new FieldReader(this.bytes, start, this.pos, this.#tolerance);
  }

  /** Steps over the value that belongs to `tag`, whatever it is; groups must be balanced. */
  skip(tag: number): void {
    const wireType = tag % 8;
    if (wireType === WireType.Bytes) {
      const length = this.length();
      this.pos += length;
    } else if (wireType === WireType.StartGroup) this.#skipGroup(tag);
    else this.#skipPlain(wireType);
  }

  #skipGroup(tag: number): void {
    const open = [Math.floor(tag / 8)];
    while (open.length > 0) {
      const inner = this.#tagBelow(this.#tolerance.tagEndInGroup);
      const number = Math.floor(inner / 8);
      if (inner % 8 === WireType.StartGroup) {
        if (open.push(number) > this.#tolerance.maxGroupDepth) throw new MalformedField("groups are nested too deeply");
      } else if (inner % 8 === WireType.EndGroup) {
        if (open.pop() !== number) throw new MalformedField(`the group that ends at byte ${this.pos} is another one`);
      } else {
        this.skip(inner);
      }
    }
  }

  /** A value that is neither bytes nor a group. */
  #skipPlain(wireType: number): void {
    if (wireType === WireType.Varint) this.#varint();
    else if (wireType === WireType.Fixed64) this.#advance(8);
    else if (wireType === WireType.Fixed32) this.#advance(4);
    else throw new MalformedField(`wire type ${wireType} before byte ${this.pos} has no value`);
  }

  #advance(count: number): void {
    if (count > this.end - this.pos) throw new MalformedField("the last value is cut");
    this.pos += count;
  }

  #tagBelow(limit: number): number {
    const start = this.pos;
    const tag = this.#varint();
    if (tag >= 8 && tag < limit && this.pos - start <= this.#tolerance.maxTagBytes) return tag;
    throw new MalformedField(`the tag before byte ${this.pos} has no valid field number`);
  }

  /** Reads up to 64 bits, minimal or not, as a number that is exact below 2^53. */
  #varint(): number {
    const first = this.pos < this.end ? this.bytes[this.pos]! : 0x80;
    if (first < 0x80) {
      this.pos++;
      return first;
    }
    let value = 0;
    let scale = 1;
    for (let shift = 0; shift < 70 && this.pos < this.end; shift += 7) {
      const byte = this.bytes[this.pos++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (shift === 63 && byte > 1) break;
        return value;
      }
      scale *= 128;
    }
    throw new MalformedField(`the varint before byte ${this.pos} is cut or wider than 64 bits`);
  }
}
