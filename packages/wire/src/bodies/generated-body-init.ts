import {
  create,
  type DescField,
  type DescMessage,
  type Message,
  ScalarType,
  type UnknownField,
} from "@bufbuild/protobuf";
import { isBytes } from "@im/transport-core/internal";

import { checkedList, checkedMembers, checkInt64, checkInteger, loneSurrogate, unfit } from "../protobuf/field-kind.js";
import { isWellFormed } from "../protobuf/utf8.js";

/**
 * The message that `init` describes. protobuf-es alone would leave out what it does not know and turn much of what has
 * another type into text or numbers; here both are refused, as compact codecs do. Absent fields take their defaults.
 * Throws UnfitValue, and what protobuf-es throws for kinds of fields that it alone checks.
 *
 * @param owner stands before the names in errors
 */
export function messageFrom(schema: DescMessage, init: unknown, owner = ""): Message {
  const given = checkedMembers(init, (key) => schema.members.some(({ localName }) => localName === key), owner);
  const checked: Record<string, unknown> = {};
  for (const member of schema.members) {
    const name = owner + member.localName;
    const value = given[member.localName];
    if (value === undefined || value === null) continue;
    if (member.kind === "oneof" || member.fieldKind === "map") checked[member.localName] = value;
    else if (member.fieldKind !== "list") checked[member.localName] = checkedValue(member, name, value);
    else
      checked[member.localName] = Array.from(checkedList(name, value as []), (one) => checkedValue(member, name, one));
  }
  const message = create(schema, checked);
  // What a message that was read held besides is written again.
  if (given.$typeName === schema.typeName && given.$unknown) message.$unknown = given.$unknown as UnknownField[];
  return message;
}

function checkedValue(field: DescField, name: string, value: unknown): unknown {
  const { message, scalar } = field;
  // Those of Google have forms of their own, such as plain JSON.
  if (message && !message.typeName.startsWith("google.protobuf.")) return messageFrom(message, value, `${name}.`);
  if (scalar === ScalarType.STRING && typeof value !== "string") throw unfit(name, "a string", value);
  if (scalar === ScalarType.INT32) checkInteger(name, value, -(2 ** 31), 2 ** 31 - 1);
  if (scalar === ScalarType.INT64 && !("longAsString" in field && field.longAsString)) checkInt64(name, value);
  return value;
}

/** Throws UnfitValue, which names the field, at the first string within a value that has no UTF-8. */
export function checkText(value: unknown, name = ""): void {
  if (typeof value === "string") {
    if (!isWellFormed(value)) throw loneSurrogate(name);
  } else if (typeof value === "object" && value !== null && !isBytes(value)) {
    for (const key of Object.keys(value))
      checkText((value as Record<string, unknown>)[key], Array.isArray(value) ? name : key);
  }
}
