import { checkedList, checkInt64, type FieldKind, int32, listOf, text, texts } from "../protobuf/field-kind.js";
import { type FieldReader, MalformedField, WireType } from "../protobuf/field-reader.js";
import type { FieldWriter } from "../protobuf/field-writer.js";
import { type MessageTable, readMessage, tableOf, writeMessage } from "../protobuf/message-table.js";
import { WireError } from "../wire-error.js";
import type { CompactFields, CompactKind } from "./compact-fields.js";

/** Tags are of one byte. */
const MAX_FIELDS = 15;
/** A 64-bit varint. */
const MAX_VARINT_BYTES = 10;

const int64: FieldKind<bigint> = {
  absent: () => 0n,
  read: (reader, wireType) => (wireType === WireType.Varint ? readInt64(reader) : undefined),
  write(writer, number, name, value) {
    checkInt64(name, value);
    if (value === 0n) return;
    writer.reserve(1);
    writer.bytes[writer.at++] = number * 8 + WireType.Varint;
    writeInt64(writer, value);
  },
};

/** Written packed; read as it comes. */
const int64s: FieldKind<bigint[]> = {
  absent: () => [],
  read(reader, wireType, before) {
    if (wireType === WireType.Varint) before.push(readInt64(reader));
    else if (wireType !== WireType.Bytes) return undefined;
    else for (const packed = reader.nested(); packed.pos < packed.end; ) before.push(readInt64(packed));
    return before;
  },
  write(writer, number, name, values) {
    if (checkedList(name, values).length === 0) return;
    const begun = writer.beginMessage(number * 8 + WireType.Bytes);
    for (const value of values) {
      checkInt64(name, value);
      writeInt64(writer, value);
    }
    writer.endMessage(begun);
  },
};

const kinds = { string: text, strings: texts, int32, int64, int64s } as const;

/** Checks the fields of a message, and those of the messages that it holds. Throws IM_ERR_WIRE_ARGUMENT. */
export function checkFields(messageName: string, fields: unknown, checked = new Set<unknown>()): void {
  // A message may hold messages like itself.
  if (checked.has(fields)) return;
  checked.add(fields);
  const members = Object.prototype.toString.call(fields) === "[object Object]" && Object.entries(fields as object);
  if (!members || members.length > MAX_FIELDS) {
    throw badTable(messageName, `they must be an object of at most ${MAX_FIELDS} fields, each with its name`);
  }
  for (const [name, kind] of members) {
    if (Array.isArray(kind) && kind.length === 1) checkFields(`${messageName}.${name}`, kind[0], checked);
    else if (typeof kind !== "string" || !Object.hasOwn(kinds, kind)) {
      throw badTable(messageName, `${name} must be one of ${Object.keys(kinds).join(", ")}, or fields in brackets`);
    }
  }
}

function badTable(messageName: string, why: string): WireError {
  return new WireError("IM_ERR_WIRE_ARGUMENT", `The fields of ${messageName} cannot be those of a message: ${why}.`);
}

/** The table that `fields` describe. */
export function compactTable(fields: CompactFields): MessageTable {
  return tableOf(Object.fromEntries(Object.entries(fields).map(([name, kind]) => [name, kindOf(kind)])));
}

function kindOf(kind: CompactKind): FieldKind {
  return typeof kind === "string" ? kinds[kind] : messages(kind[0]);
}

function messages(fields: CompactFields): FieldKind<object[]> {
  // Not before it is asked for: a message may hold messages like itself.
  let table: MessageTable | undefined;
  const tableOfThese = () => {
    table ??= compactTable(fields);
    return table;
  };
  return listOf({
    read: (reader) => readMessage(tableOfThese(), reader.nested()),
    write(writer, number, name, message) {
      const begun = writer.beginMessage(number * 8 + WireType.Bytes);
      writeMessage(tableOfThese(), message, writer, `${name}.`);
      writer.endMessage(begun);
    },
  });
}

function readInt64(reader: FieldReader): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n && reader.pos < reader.end; shift += 7n) {
    const byte = reader.bytes[reader.pos++]!;
    value |= BigInt(byte & 0x7f) << shift;
    if (byte > 0x7f) continue;
    if (shift === 63n && byte > 1) break;
    return BigInt.asIntN(64, value);
  }
  throw new MalformedField(`the varint before byte ${reader.pos} is cut or wider than 64 bits`);
}

function writeInt64(writer: FieldWriter, value: bigint): void {
  writer.reserve(MAX_VARINT_BYTES);
  let rest = BigInt.asUintN(64, value);
  for (; rest > 0x7fn; rest >>= 7n) writer.bytes[writer.at++] = Number(rest & 0x7fn) | 0x80;
  writer.bytes[writer.at++] = Number(rest);
}
