import { ES, FieldReader, MalformedField, WireType } from "../header/field-reader.js";
import type { CompactFields, CompactKind } from "./compact-fields.js";

type Values = Record<string, unknown>;

const defaults: Readonly<Record<string, unknown>> = { string: "", int32: 0, int64: 0n };

/** Reads a message that lies in `bytes` from `start` to `end`. Throws MalformedField. */
export function readMessage(fields: CompactFields, bytes: Uint8Array, start: number, end: number): Values {
  const names = Object.keys(fields);
  const message: Values = {};
  for (const name of names) message[name] = defaults[fields[name] as string] ?? [];
  const reader = new FieldReader(bytes, start, end, ES);
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    const name = names[Math.floor(tag / 8) - 1];
    if (name === undefined) reader.skip(tag);
    else readField(reader, fields[name]!, tag % 8, message, name);
  }
  return message;
}

function readField(reader: FieldReader, kind: CompactKind, wireType: number, message: Values, name: string): void {
  const list = message[name] as unknown[];
  const isNumber = kind === "int32" || kind === "int64" || kind === "int64s";
  if (isNumber && wireType === WireType.Varint) {
    const value = readInt64(reader);
    if (kind === "int64s") list.push(value);
    else message[name] = kind === "int64" ? value : Number(BigInt.asIntN(32, value));
  } else if (wireType !== WireType.Bytes || kind === "int32" || kind === "int64") {
    throw new MalformedField(`field ${name} has wire type ${wireType}`);
  } else if (kind === "string") message[name] = reader.string();
  else if (kind === "strings") list.push(reader.string());
  else {
    const length = reader.length();
    const { pos } = reader;
    const end = pos + length;
    if (kind === "int64s") {
      const packed = new FieldReader(reader.bytes, pos, end, ES);
      while (packed.pos < end) list.push(readInt64(packed));
    } else list.push(readMessage(kind[0], reader.bytes, pos, end));
    reader.pos = end;
  }
}

/** A varint of up to 64 bits, as a signed number. */
function readInt64(reader: FieldReader): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n && reader.pos < reader.end; shift += 7n) {
    const byte = reader.bytes[reader.pos++]!;
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return BigInt.asIntN(64, value);
  }
  throw new MalformedField(`the varint before byte ${reader.pos} is cut or wider than 64 bits`);
}
