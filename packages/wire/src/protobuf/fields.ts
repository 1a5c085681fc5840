import { MalformedField } from "./malformed-field.js";
import { anyFieldEnd } from "./odd-fields.js";
import { readShortAscii } from "./short-ascii.js";
import { decodeUtf8 } from "./utf8.js";
import { uint32At, varintEnd } from "./varint.js";
import { GO, WireType } from "./wire-type.js";

// Headers, metas and bodies are read by walking over their fields. A field is known by the position of its first byte:
//
//     for (let at = start; at < end; ) {
//       const next = fieldEnd(bytes, at, end);
//       if (tagAt(bytes, at) === wanted) value = textAt(bytes, at);
//       at = next;
//     }
//
// Positions are numbers, so a walk allocates nothing: a reader object would take half as long again to scan a header.

/**
 * Where the field ends that begins at `at` in a message that ends at `end`: checks its tag and the length of its value, as
 * protobuf-go does or as another {@link Tolerance} says, but does not look into strings. The other functions here then
 * read the field without further checks. Throws MalformedField.
 */
export function fieldEnd(bytes: Uint8Array, at: number, end: number, tolerance = GO): number {
  const tag = bytes[at]!;
  // Nearly all have a tag of one byte, then a varint of at most five, or bytes whose length takes one.
  if (at + 1 < end && tag > 7 && tag < 0x80) {
    const second = bytes[at + 1]!;
    if (tag % 8 === WireType.Bytes) {
      const next = at + 2 + second;
      if (second < 0x80 && next <= end) return next;
    } else if (tag % 8 === WireType.Varint) {
      if (second < 0x80) return at + 2;
      const last = Math.min(at + 6, end);
      for (let i = at + 2; i < last; i++) if (bytes[i]! < 0x80) return i + 1;
    }
  }
  return anyFieldEnd(bytes, at, end, tolerance);
}

/** The field number times eight plus the wire type. */
export function tagAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  return first < 0x80 ? first : uint32At(bytes, at);
}

/** See {@link WireType}. */
export function wireTypeAt(bytes: Uint8Array, at: number): number {
  return bytes[at]! % 8;
}

/** Where the value begins: behind the tag. */
export function valueStart(bytes: Uint8Array, at: number): number {
  return bytes[at]! < 0x80 ? at + 1 : varintEnd(bytes, at);
}

/** Where the content of a field of bytes begins: behind tag and length. */
export function contentStart(bytes: Uint8Array, at: number): number {
  return varintEnd(bytes, valueStart(bytes, at));
}

/** The value of a varint field, cut to its low 32 bits, signed. */
export function int32At(bytes: Uint8Array, at: number): number {
  return uint32At(bytes, valueStart(bytes, at)) | 0;
}

/** The value of a field of bytes, as a string. Throws MalformedField if it is not valid UTF-8. */
export function textAt(bytes: Uint8Array, at: number): string {
  const lengthAt = valueStart(bytes, at);
  const short = readShortAscii(bytes, lengthAt + 1, bytes[lengthAt]!);
  if (short !== undefined) return short;
  const start = varintEnd(bytes, lengthAt);
  try {
    return decodeUtf8(bytes, start, start + uint32At(bytes, lengthAt));
  } catch (cause) {
    throw new MalformedField(`the string at byte ${start} is not valid UTF-8`, { cause });
  }
}
