import { SHORT_TEXT, utf8Length, writeShortUtf8, writeUtf8 } from "./utf8.js";
import { writeInt32, writeVarint } from "./varint.js";

// Each writes one field, for which there is room, and returns the position after it. Tags are of one byte.

/** The longest tag and varint together: a tag of one byte, an int32 of ten. */
export const NUMBER_FIELD_ROOM = 11;

/** What a string may take: a tag, a length, and for a UTF-16 unit three bytes at most (a pair of them four). */
export function textFieldRoom(text: string): number {
  return 6 + 3 * text.length;
}

/** -1, and nothing of use was written, when `text` holds a lone surrogate and so has no UTF-8. */
export function writeTextField(tag: number, text: string, out: Uint8Array, at: number): number {
  out[at] = tag;
  if (text.length <= SHORT_TEXT) {
    const end = writeShortUtf8(text, out, at + 2);
    out[at + 1] = end - at - 2;
    return end;
  }
  const length = utf8Length(text);
  return length < 0 ? -1 : writeUtf8(text, out, writeVarint(length, out, at + 1));
}

export function writeUint32Field(tag: number, value: number, out: Uint8Array, at: number): number {
  out[at] = tag;
  return writeVarint(value, out, at + 1);
}

export function writeInt32Field(tag: number, value: number, out: Uint8Array, at: number): number {
  out[at] = tag;
  return writeInt32(value, out, at + 1);
}
