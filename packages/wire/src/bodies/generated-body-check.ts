import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { contentStart, fieldEnd, tagAt, wireTypeAt } from "../protobuf/fields.js";
import { MalformedField } from "../protobuf/malformed-field.js";
import { checkPacked } from "../protobuf/odd-fields.js";
import { WireType } from "../protobuf/wire-type.js";

/** As deep as protobuf-es goes. */
const MAX_DEPTH = 100;

/**
 * Checks that `body` is built as `schema` says, before protobuf-es reads it: the generated code trusts that a known
 * field has its wire type and that a nested message ends where its parent does. Throws MalformedField.
 */
export function checkBodyFields(schema: DescMessage, body: Uint8Array): void {
  checkMessage(schema, body, 0, body.length, 0);
}

function checkMessage(schema: DescMessage, bytes: Uint8Array, start: number, end: number, depth: number): void {
  if (depth > MAX_DEPTH) throw new MalformedField(`messages are nested deeper than ${MAX_DEPTH}`);
  for (let at = start; at < end; ) {
    const next = fieldEnd(bytes, at, end);
    const number = Math.floor(tagAt(bytes, at) / 8);
    const field = schema.fields.find((candidate) => candidate.number === number);
    if (field !== undefined) checkField(field, bytes, at, next, depth);
    at = next;
  }
}

/** Checks the field of `bytes` that begins at `at` and ends at `end`. */
function checkField(field: DescField, bytes: Uint8Array, at: number, end: number, depth: number): void {
  const wireType = wireTypeAt(bytes, at);
  if (wireType === WireType.Bytes && isPackable(field)) {
    checkPacked(bytes, contentStart(bytes, at), end, wireTypeOf(field));
  } else if (wireType !== wireTypeOf(field)) {
    throw new MalformedField(`field ${field.name} has wire type ${wireType} in place of ${wireTypeOf(field)}`);
  } else if (wireType === WireType.Bytes && field.message !== undefined) {
    checkMessage(field.message, bytes, contentStart(bytes, at), end, depth + 1);
  }
}

/** A repeated number may come packed or one by one. */
function isPackable(field: DescField): boolean {
  return field.fieldKind === "list" && field.listKind !== "message" && wireTypeOf(field) !== WireType.Bytes;
}

function wireTypeOf(field: DescField): number {
  if (field.fieldKind === "map") return WireType.Bytes;
  if (field.message !== undefined) return field.delimitedEncoding ? WireType.StartGroup : WireType.Bytes;
  switch (field.scalar) {
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return WireType.Bytes;
    case ScalarType.DOUBLE:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return WireType.Fixed64;
    case ScalarType.FLOAT:
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      return WireType.Fixed32;
    default:
      return WireType.Varint;
  }
}
