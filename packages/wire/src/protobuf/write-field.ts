import { writeInt32, writeVarint } from "./varint.js";

// Each writes one field, for which there is room, and returns the position after it. Tags are of one byte.

/** The longest tag and varint together: a tag of one byte, an int32 of ten. */
export const NUMBER_FIELD_ROOM = 11;

/** A tag of one byte and a length. */
export const PREFIX_ROOM = 6;

/** What a string may take: beside its prefix three bytes at most for a UTF-16 unit (for a pair of them four). */
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
