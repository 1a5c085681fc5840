import { type Meta, MetaType } from "../packet/header.js";
import { WireError } from "../packet/wire-error.js";
import { FieldReader, MalformedField } from "../protobuf/field-reader.js";
import { oddField, plainFieldEnd } from "../protobuf/plain-field.js";
import { readShortAscii } from "../protobuf/short-ascii.js";
import { UnknownFields } from "../protobuf/unknown-fields.js";
import { HeaderTag, MetaTag } from "./header-tags.js";
import { readShortCommand } from "./known-command.js";

/** The command alone, of the Header in `bytes` from `start` to `end`; other values are only stepped over. */
export function decodeCommand(bytes: Uint8Array, start: number, end: number): string {
  try {
    const at = lastValueAt(bytes, start, end, HeaderTag.command);
    return at === 0 ? "" : commandAt(bytes, at, end);
  } catch (cause) {
    throw explained(cause);
  }
}

/** Where the value stands of the last field with the tag `wanted` in the message from `start` to `end`; 0 without one. */
function lastValueAt(bytes: Uint8Array, start: number, end: number, wanted: number): number {
  let last = 0;
  for (let at = start; at < end; ) {
    let tag = bytes[at]!;
    let valueAt = at + 1;
    let next = plainFieldEnd(bytes, at, end);
    if (next === 0) ({ tag, valueAt, next } = oddField(bytes, at, end));
    if (tag === wanted) last = valueAt;
    at = next;
  }
  return last;
}

/** The string whose length stands at `at`, of a message that ends at `end`; it is known to lie within. */
export function textAt(bytes: Uint8Array, at: number, end: number): string {
  return readShortAscii(bytes, at + 1, bytes[at]!) ?? new FieldReader(bytes, at, end).string();
}

/** The same of a command. */
export function commandAt(bytes: Uint8Array, at: number, end: number): string {
  return readShortCommand(bytes, at + 1, bytes[at]!) ?? new FieldReader(bytes, at, end).string();
}

/** All metas of the Header in `bytes` from `start` to `end`; other values are only stepped over. */
export function decodeMetas(bytes: Uint8Array, start: number, end: number): Meta[] {
  const metas: Meta[] = [];
  try {
    for (let at = start; at < end; ) {
      let tag = bytes[at]!;
      let valueAt = at + 1;
      let next = plainFieldEnd(bytes, at, end);
      if (next === 0) ({ tag, valueAt, next } = oddField(bytes, at, end));
      if (tag === HeaderTag.meta) metas.push(metaAt(bytes, valueAt, next));
      at = next;
    }
  } catch (cause) {
    throw explained(cause);
  }
  return metas;
}

/** The Meta whose length stands at `lengthAt` and that ends at `end`. Throws MalformedField. */
export function metaAt(bytes: Uint8Array, lengthAt: number, end: number): Meta {
  const reader = new FieldReader(bytes, lengthAt, end);
  let key = "";
  let value = "";
  let type: MetaType = MetaType.Int;
  let unknown: UnknownFields | undefined;
  for (reader.length(); reader.pos < end; ) {
    const tag = reader.tag();
    const valueAt = reader.pos;
    switch (tag) {
      case MetaTag.key:
        key = reader.string();
        break;
      case MetaTag.value:
        value = reader.string();
        break;
      case MetaTag.type:
        type = reader.int32();
        break;
      default:
        reader.skip(tag);
        unknown ??= new UnknownFields(end - lengthAt);
        unknown.take(tag, bytes, valueAt, reader.pos);
    }
  }
  return unknown === undefined ? { key, value, type } : { key, value, type, unknownFields: unknown.toBytes() };
}

/** The key alone, of the Meta whose length stands at `lengthAt` and that ends at `end`. Throws MalformedField. */
export function metaKeyAt(bytes: Uint8Array, lengthAt: number, end: number): string {
  const at = lastValueAt(bytes, varintEnd(bytes, lengthAt), end, MetaTag.key);
  return at === 0 ? "" : textAt(bytes, at, end);
}

/** The position after the varint that stands at `at` and is known to be whole. */
function varintEnd(bytes: Uint8Array, at: number): number {
  let end = at;
  while (bytes[end]! > 0x7f) end++;
  return end + 1;
}

/** What to throw in place of a MalformedField that was met in a header. */
export function explained(cause: unknown): unknown {
  if (!(cause instanceof MalformedField)) return cause;
  return new WireError(
    "IM_ERR_HEADER_INVALID",
    `The header is no valid protobuf Header: ${cause.message}. Close the connection; its bytes cannot be trusted.`,
    { cause },
  );
}
