import { writeUtf8 } from "../../protobuf/utf8.js";
import { writeVarint } from "../../protobuf/varint.js";
import { PREFIX_ROOM } from "../../protobuf/write-field.js";

/** With the flag `u` a pair of surrogates is one character, and no surrogate. */
const loneSurrogate = /\p{Surrogate}/u;

/** As the one of ../fast. */
export function writeTextField(tag: number, text: string, out: Uint8Array, at: number): number {
  if (loneSurrogate.test(text)) return -1;
  out[at] = tag;
  // How long it is, is known once it is written.
  const writtenAt = at + PREFIX_ROOM;
  const writtenEnd = writeUtf8(text, out, writtenAt);
  const textAt = writeVarint(writtenEnd - writtenAt, out, at + 1);
  out.copyWithin(textAt, writtenAt, writtenEnd);
  return textAt + writtenEnd - writtenAt;
}
