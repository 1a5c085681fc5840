import { checkedMembers, type FieldKind } from "./field-kind.js";
import type { FieldWriter } from "./field-writer.js";
import { fieldEnd, tagAt, wireTypeAt } from "./fields.js";
import { MalformedField } from "./malformed-field.js";
import { ES } from "./wire-type.js";

/** The fields of a message: the first has number 1, and so on. */
export type MessageTable = readonly { readonly name: string; readonly kind: FieldKind }[];

/** Names members as {@link MessageTable} does, in the order of the object. */
export function tableOf(kinds: Readonly<Record<string, FieldKind>>): MessageTable {
  return Object.entries(kinds).map(([name, kind]) => ({ name, kind }));
}

/**
 * Reads the message in `bytes` from `start` to `end`. The last of a repeated field wins, lists add up, and fields that are not in the
 * table are dropped. Throws MalformedField, also for a field of the table that has another wire type.
 */
export function readMessage(
  table: MessageTable,
  bytes: Uint8Array,
  start: number,
  end: number,
): Record<string, unknown> {
  const message: Record<string, unknown> = {};
  for (const { name, kind } of table) message[name] = kind.absent();
  for (let at = start; at < end; ) {
    const next = fieldEnd(bytes, at, end, ES);
    const member = table[Math.floor(tagAt(bytes, at) / 8) - 1];
    if (member !== undefined) {
      const value = member.kind.read(bytes, at, next, message[member.name]);
      if (value === undefined) throw new MalformedField(`field ${member.name} has wire type ${wireTypeAt(bytes, at)}`);
      message[member.name] = value;
    }
    at = next;
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
