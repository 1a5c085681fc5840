import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { FieldReader, MalformedField, WireType } from "../protobuf/field-reader.js";

/** As deep as protobuf-es goes. */
const MAX_DEPTH = 100;

/**
 * Checks that `body` is built as `schema` says, before protobuf-es reads it: the generated code trusts that a known
 * field has its wire type and that a nested message ends where its parent does. Throws MalformedField.
 */
export function checkBodyFields(schema: DescMessage, body: Uint8Array): void {
  checkMessage(schema, new FieldReader(body, 0, body.length), 0);
}

function checkMessage(schema: DescMessage, reader: FieldReader, depth: number): void {
  if (depth > MAX_DEPTH) throw new MalformedField(`messages are nested deeper than ${MAX_DEPTH}`);
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    const number = Math.floor(tag / 8);
    const field = schema.fields.find((candidate) => candidate.number === number);
    if (field === undefined) {
      reader.skip(tag);
      continue;
    }
    const wireType = tag % 8;
    const packed = wireType === WireType.Bytes && isPackable(field);
    if (!packed && wireType !== wireTypeOf(field)) {
      throw new MalformedField(`field ${field.name} has wire type ${wireType} in place of ${wireTypeOf(field)}`);
    }
    if (packed) {
      within(reader, () => {
        while (reader.pos < reader.end) reader.skip(wireTypeOf(field));
      });
    } else if (wireType === WireType.Bytes && field.message !== undefined) {
      const nested = field.message;
      within(reader, () => checkMessage(nested, reader, depth + 1));
    } else {
      reader.skip(tag);
    }
  }
}

/** Reads a length and lets `check` read exactly what it covers. */
function within(reader: FieldReader, check: () => void): void {
  const length = reader.length();
  const outerEnd = reader.end;
  reader.end = reader.pos + length;
  check();
  reader.end = outerEnd;
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
