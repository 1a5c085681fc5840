import { FieldReader, WireType } from "./field-reader.js";

/**
 * Where the field ends that begins at `at`, if it is built as nearly all are: a tag of one byte, then a varint of at most
 * five, or bytes whose length takes one. 0 if it is not, or does not end by `end`: that is for {@link oddField} to judge.
 */
export function plainFieldEnd(bytes: Uint8Array, at: number, end: number): number {
  if (at + 1 >= end) return 0;
  const tag = bytes[at]!;
  const second = bytes[at + 1]!;
  if (tag < 8 || tag > 0x7f) return 0;
  if (tag % 8 === WireType.Bytes) {
    const next = at + 2 + second;
    return second < 0x80 && next <= end ? next : 0;
  }
  if (tag % 8 !== WireType.Varint) return 0;
  if (second < 0x80) return at + 2;
  const last = Math.min(at + 6, end);
  for (let i = at + 2; i < last; i++) if (bytes[i]! < 0x80) return i + 1;
  return 0;
}

/** Tag, place of the value and end of any field that begins at `at`. Throws MalformedField. */
export function oddField(bytes: Uint8Array, at: number, end: number) {
  const reader = new FieldReader(bytes, at, end);
  const tag = reader.tag();
  const valueAt = reader.pos;
  reader.skip(tag);
  return { tag, valueAt, next: reader.pos };
}
