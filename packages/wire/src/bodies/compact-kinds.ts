import { WireError } from "../packet/wire-error.js";
import {
  checkedList,
  checkInt64,
  type FieldKind,
  int32,
  isRecord,
  listOf,
  text,
  texts,
} from "../protobuf/field-kind.js";
import type { FieldWriter } from "../protobuf/field-writer.js";
import { contentStart, valueStart, wireTypeAt } from "../protobuf/fields.js";
import { type MessageTable, readMessage, writeMessage } from "../protobuf/message-table.js";
import { checkPacked } from "../protobuf/odd-fields.js";
import { varintEnd } from "../protobuf/varint.js";
import { WireType } from "../protobuf/wire-type.js";

/** Tags are of one byte. */
const MAX_FIELDS = 15;
/** A 64-bit varint. */
const MAX_VARINT_BYTES = 10;

const int64: FieldKind<bigint> = {
  absent: () => 0n,
  read: (bytes, at) => (wireTypeAt(bytes, at) === WireType.Varint ? int64At(bytes, valueStart(bytes, at)) : undefined),
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
  read(bytes, at, end, before) {
    const packed = wireTypeAt(bytes, at) === WireType.Bytes;
    if (!packed && wireTypeAt(bytes, at) !== WireType.Varint) return undefined;
    const start = packed ? contentStart(bytes, at) : valueStart(bytes, at);
    if (packed) checkPacked(bytes, start, end, WireType.Varint);
    for (let i = start; i < end; i = varintEnd(bytes, i)) before.push(int64At(bytes, i));
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

/**
 * The table that `fields` describe. Throws IM_ERR_WIRE_ARGUMENT for what no message could have.
 *
 * @param tables those that are made already, or being made: a message may hold messages like itself
 */
export function compactTable(messageName: string, fields: unknown, tables = new Map<unknown, MessageTable>()) {
  const made = tables.get(fields);
  if (made) return made;
  const members = isRecord(fields) ? Object.entries(fields) : [];
  if (!isRecord(fields) || members.length > MAX_FIELDS) {
    throw new WireError("IM_ERR_WIRE_ARGUMENT", `${messageName} must have an object of at most ${MAX_FIELDS} fields.`);
  }
  const table: { name: string; kind: FieldKind }[] = [];
  tables.set(fields, table);
  for (const [name, kind] of members) table.push({ name, kind: kindOf(`${messageName}.${name}`, kind, tables) });
  return table;
}

function kindOf(name: string, kind: unknown, tables: Map<unknown, MessageTable>): FieldKind {
  if (typeof kind === "string" && Object.hasOwn(kinds, kind)) return kinds[kind as keyof typeof kinds];
  if (Array.isArray(kind) && kind.length === 1) return messages(compactTable(name, kind[0], tables));
  const wanted = Object.keys(kinds).join(", ");
  throw new WireError("IM_ERR_WIRE_ARGUMENT", `${name} must be one of ${wanted}, or fields in brackets.`);
}

function messages(table: MessageTable): FieldKind<object[]> {
  return listOf({
    read: (bytes, at, end) => readMessage(table, bytes, contentStart(bytes, at), end),
    write(writer, number, name, message) {
      const begun = writer.beginMessage(number * 8 + WireType.Bytes);
      writeMessage(table, message, writer, `${name}.`);
      writer.endMessage(begun);
    },
  });
}

/** Two halves of 64 bits: a bigint is taken apart and made at once, since each step of its arithmetic makes another bigint. */
const halves = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(8));

/** The varint at `at`, which is known to be whole. */
function int64At(bytes: Uint8Array, at: number): bigint {
  let high = 0;
  let low = 0;
  const end = varintEnd(bytes, at);
  for (let shift = 0; at < end; shift += 7) {
    const bits = bytes[at++]! & 0x7f;
    if (shift < 32) low |= bits << shift;
    if (shift > 25) high |= shift < 32 ? bits >>> (32 - shift) : bits << (shift - 32);
  }
  halves.setInt32(0, high);
  halves.setInt32(4, low);
  return halves.getBigInt64(0);
}

function writeInt64(writer: FieldWriter, value: bigint): void {
  writer.reserve(MAX_VARINT_BYTES);
  halves.setBigInt64(0, value);
  let high = halves.getUint32(0);
  let low = halves.getUint32(4);
  for (; high > 0 || low > 0x7f; high >>>= 7) {
    writer.bytes[writer.at++] = low | 0x80;
    low = ((high << 25) | (low >>> 7)) >>> 0;
  }
  writer.bytes[writer.at++] = low;
}
