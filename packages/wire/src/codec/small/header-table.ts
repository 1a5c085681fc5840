import { isBytes } from "@im/transport-core/internal";
import type { Meta } from "../../header.js";
import { checkMetaCount } from "../../limits.js";
import { int32, listOf, text, UnfitValue, uint32 } from "../../protobuf/field-kind.js";
import { type FieldReader, WireType } from "../../protobuf/field-reader.js";
import type { FieldWriter } from "../../protobuf/field-writer.js";
import { type MessageTable, readMessage, tableOf } from "../../protobuf/message-table.js";
import { UnknownFields } from "../../protobuf/unknown-fields.js";

const metaTable = /* @__PURE__ */ tableOf({ key: text, value: text, type: int32 });

const metas = /* @__PURE__ */ listOf<Meta>(
  {
    read: (reader) => readKeeping<Meta>(metaTable, reader.nested()),
    write(writer, number, name, meta) {
      if (typeof meta !== "object" || meta === null) {
        throw new UnfitValue(`${name} must be an array of { key, value, type }`);
      }
      const begun = writer.beginMessage(number * 8 + WireType.Bytes);
      writeKeeping(metaTable, meta, writer, `${name} `);
      writer.endMessage(begun);
    },
  },
  checkMetaCount,
);

export const headerTable = /* @__PURE__ */ tableOf({
  command: text,
  channelId: text,
  sequence: uint32,
  flag: int32,
  status: int32,
  dest: text,
  meta: metas,
});

/** Reads a message with the fields that are not known. Throws MalformedField. */
export function readKeeping<Message>(table: MessageTable, reader: FieldReader): Message {
  const unknown = new UnknownFields(reader.end - reader.pos);
  const message = readMessage(table, reader, unknown);
  if (unknown.length > 0) message.unknownFields = unknown.toBytes();
  return message as Message;
}

/**
 * Writes a message, of which nothing may be missing, and the fields that are not known. Throws UnfitValue.
 *
 * @param owner stands before the names in errors
 */
export function writeKeeping(table: MessageTable, message: object, writer: FieldWriter, owner = ""): void {
  const members = message as Readonly<Record<string, unknown>>;
  table.forEach(({ name, kind }, index) => {
    kind.write(writer, index + 1, owner + name, members[name]);
  });
  const { unknownFields } = members;
  if (unknownFields === undefined) return;
  if (!isBytes(unknownFields)) throw new UnfitValue("unknownFields must be a Uint8Array");
  writer.raw(unknownFields, 0, unknownFields.length);
}
