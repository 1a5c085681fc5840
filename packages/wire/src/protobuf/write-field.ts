import { isWellFormed, writeUtf8 } from "./utf8.js";
import { varintSize, writeInt32, writeVarint } from "./varint.js";

// Each function writes one field, for which there is room, and returns the position after it. Tags are of one byte.

/** The longest tag and varint together: a tag of one byte, an int32 of ten. */
export const NUMBER_FIELD_ROOM = 11;

/** A tag of one byte and a length. */
export const PREFIX_ROOM = 6;

/** From this length on, the platform's encoder takes less time than a loop over the units. */
const ENCODED_FROM_UNITS = 48;

/** The most that a string takes: its prefix, and three bytes for each UTF-16 unit. */
export function textFieldRoom(text: string): number {
  return PREFIX_ROOM + 3 * text.length;
}

export function writeUint32Field(tag: number, value: number, out: Uint8Array, at: number): number {
  out[at] = tag;
  return writeVarint(value, out, at + 1);
}

export function writeInt32Field(tag: number, value: number, out: Uint8Array, at: number): number {
  out[at] = tag;
  return writeInt32(value, out, at + 1);
}

/** -1 if the string holds a lone surrogate and so has no UTF-8; what was written is then of no use. */
export function writeTextField(tag: number, text: string, out: Uint8Array, at: number): number {
  out[at] = tag;
  const units = text.length;
  // Most strings are ASCII, which is found while they are written: unit by unit if they are short, else by the platform's
  // encoder (measured on V8).
  if (units < ENCODED_FROM_UNITS && writeUnits(text, out, at + 2) < 0x80) {
    out[at + 1] = units;
    return at + 2 + units;
  }
  // Where it begins if it is ASCII.
  const start = writeVarint(units, out, at + 1);
  const end = writeUtf8(text, out, start);
  const length = end - start;
  if (length === units) return end;
  if (!isWellFormed(text)) return -1;
  const moved = at + 1 + varintSize(length);
  if (moved > start) out.copyWithin(moved, start, end);
  return writeVarint(length, out, at + 1) + length;
}

/** Writes each UTF-16 unit as a byte. @returns the bits of all: below 128, it is right */
function writeUnits(text: string, out: Uint8Array, start: number): number {
  let all = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    all |= unit;
    out[start + i] = unit;
  }
  return all;
}
