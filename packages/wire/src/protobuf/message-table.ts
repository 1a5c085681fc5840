import { checkedMembers, type FieldKind } from "./field-kind.js";
import { type FieldReader, MalformedField } from "./field-reader.js";
import type { FieldWriter } from "./field-writer.js";

/** The fields of a message: the first has number 1, and so on. */
export type MessageTable = readonly { readonly name: string; readonly kind: FieldKind }[];

/** Names members as {@link MessageTable} does, in the order of the object. */
export function tableOf(kinds: Readonly<Record<string, FieldKind>>): MessageTable {
  return Object.entries(kinds).map(([name, kind]) => ({ name, kind }));
}

/**
 * Reads a message to the reader's end. The last of a repeated field wins, lists add up, and fields that are not in the
 * table are dropped. Throws MalformedField, also for a field of the table that has another wire type.
 */
export function readMessage(table: MessageTable, reader: FieldReader): Record<string, unknown> {
  const message: Record<string, unknown> = {};
  for (const { name, kind } of table) message[name] = kind.absent();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    const field = table[Math.floor(tag / 8) - 1];
    const value = field?.kind.read(reader, tag % 8, message[field.name]);
    if (value !== undefined) message[field!.name] = value;
    else if (field) throw new MalformedField(`field ${field.name} has wire type ${tag % 8}`);
    else reader.skip(tag);
  }
  return message;
}

/**
 * Writes the members of a message; those that are undefined or null are left out. Throws UnfitValue.
 *
 * @param owner stands before the names in errors
 */
export function writeMessage(table: MessageTable, message: unknown, writer: FieldWriter, owner = ""): void {
  const members = checkedMembers(message, (key) => table.some(({ name }) => name === key), owner);
  table.forEach(({ name, kind }, index) => {
    const value = members[name];
    if (value !== undefined && value !== null) kind.write(writer, index + 1, owner + name, value);
  });
}
