import { WireType } from "../header/field-reader.js";
import type { FieldWriter } from "../header/field-writer.js";
import type { CompactFields, CompactKind } from "./compact-fields.js";

/** A 64-bit varint. */
const MAX_VARINT_BYTES = 10;

/** Writes the fields of a message that have other values than their defaults. Throws an Error that names the field. */
export function writeMessage(writer: FieldWriter, fields: CompactFields, init: object): void {
  const values = init as Readonly<Record<string, unknown>>;
  let number = 0;
  for (const [name, kind] of Object.entries(fields)) {
    number++;
    const value = values[name];
    if (value !== undefined) writeField(writer, number * 8, kind, name, value);
  }
}

function writeField(writer: FieldWriter, tag: number, kind: CompactKind, name: string, value: unknown): void {
  switch (kind) {
    case "string":
      if (value !== "") writeText(writer, tag + WireType.Bytes, name, value);
      return;
    case "int32":
    case "int64": {
      const integer = kind === "int64" ? int64Of(name, value) : BigInt(int32Of(name, value));
      if (integer === 0n) return;
      writer.reserve(1);
      writer.bytes[writer.at++] = tag;
      writeVarint64(writer, integer);
      return;
    }
    default:
      if (!Array.isArray(value)) throw new Error(`${name} must be an array`);
      writeList(writer, tag + WireType.Bytes, kind, name, value);
  }
}

function writeList(
  writer: FieldWriter,
  tag: number,
  kind: CompactKind,
  name: string,
  values: readonly unknown[],
): void {
  if (kind === "strings") {
    for (const value of values) writeText(writer, tag, name, value);
  } else if (kind !== "int64s") {
    for (const value of values) {
      const begun = writer.beginMessage(tag);
      writeMessage(writer, kind[0] as CompactFields, value as object);
      writer.endMessage(begun);
    }
  } else if (values.length > 0) {
    const begun = writer.beginMessage(tag);
    for (const value of values) writeVarint64(writer, int64Of(name, value));
    writer.endMessage(begun);
  }
}

function writeText(writer: FieldWriter, tag: number, name: string, text: unknown): void {
  if (typeof text !== "string") throw new Error(`${name} must be a string, not ${String(text)}`);
  if (!writer.text(tag, text)) throw new Error(`${name} holds a lone surrogate: ${JSON.stringify(text)}`);
}

function int32Of(name: string, value: unknown): number {
  if (Number.isInteger(value) && value === ((value as number) | 0)) return value as number;
  throw new Error(`${name} must be a whole number of 32 bits, not ${String(value)}`);
}

function int64Of(name: string, value: unknown): bigint {
  if (typeof value === "bigint" && BigInt.asIntN(64, value) === value) return value;
  throw new Error(`${name} must be a bigint of 64 bits, not ${String(value)}`);
}

function writeVarint64(writer: FieldWriter, value: bigint): void {
  writer.reserve(MAX_VARINT_BYTES);
  let rest = BigInt.asUintN(64, value);
  for (; rest > 0x7fn; rest >>= 7n) writer.bytes[writer.at++] = Number(rest & 0x7fn) | 0x80;
  writer.bytes[writer.at++] = Number(rest);
}
