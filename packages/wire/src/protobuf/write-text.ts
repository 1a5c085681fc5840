import { utf8Length, writeUtf8 } from "./utf8.js";
import { writeVarint } from "./varint.js";

/** Up to this many UTF-16 units a loop beats the platform's encoder (measured on V8). Their UTF-8 is below 128 bytes. */
const SHORT_TEXT = 40;

/**
 * Writes a string for which there is room, and returns the position after it; -1, and nothing of use was written, when it
 * holds a lone surrogate and so has no UTF-8. The tag is of one byte.
 */
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

/**
 * Writes a string of at most {@link SHORT_TEXT} units, for which there is room, and returns the position after it, or -1
 * if it holds a lone surrogate.
 */
function writeShortUtf8(text: string, out: Uint8Array, start: number): number {
  const units = text.length;
  let all = 0;
  let i = 0;
  // Four at a time: a fifth faster than one by one (measured on V8).
  for (; i < units - 3; i += 4) {
    const a = text.charCodeAt(i);
    const b = text.charCodeAt(i + 1);
    const c = text.charCodeAt(i + 2);
    const d = text.charCodeAt(i + 3);
    all |= a | b | c | d;
    out[start + i] = a;
    out[start + i + 1] = b;
    out[start + i + 2] = c;
    out[start + i + 3] = d;
  }
  for (; i < units; i++) {
    const a = text.charCodeAt(i);
    all |= a;
    out[start + i] = a;
  }
  return all < 0x80 ? start + units : utf8Length(text) < 0 ? -1 : writeUtf8(text, out, start);
}
