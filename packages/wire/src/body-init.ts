import { create, type DescField, type DescMessage, type Message, ScalarType } from "@bufbuild/protobuf";
import { isBytes } from "./bytes.js";
import {
  checkedList,
  checkedMembers,
  checkInt64,
  checkInteger,
  loneSurrogate,
  nameOf,
  UnfitValue,
} from "./protobuf/field-kind.js";
import { utf8Length } from "./protobuf/utf8.js";

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
    const { localName } = member;
    const value = given[localName];
    if (value === undefined || value === null) continue;
    if (member.kind === "field") checked[localName] = checkedValue(member, owner + localName, value);
    else {
      checkText(owner + localName, value);
      checked[localName] = value;
    }
  }
  const message = create(schema, checked);
  const { $typeName, $unknown } = given;
  // What a message that was read held besides is written again.
  if ($typeName === schema.typeName && isUnknownFields($unknown)) message.$unknown = $unknown;
  return message;
}

function checkedValue(field: DescField, name: string, value: unknown): unknown {
  if (field.fieldKind === "list")
    return Array.from(checkedList(name, value as never), (one) => elementOf(field, name, one));
  return elementOf(field, name, value);
}

function elementOf(field: DescField, name: string, value: unknown): unknown {
  const { message, scalar } = field;
  // Those of Google have forms of their own, such as plain JSON.
  if (field.fieldKind !== "map" && message && !message.typeName.startsWith("google.protobuf.")) {
    return messageFrom(message, value, `${name}.`);
  }
  const checked = field.fieldKind === "map" ? undefined : scalar;
  if (checked === ScalarType.STRING && typeof value !== "string") {
    throw new UnfitValue(`${name} must be a string, not ${nameOf(value)}`);
  }
  if (checked === ScalarType.INT32) checkInteger(name, value, -(2 ** 31), 2 ** 31 - 1);
  else if (checked === ScalarType.INT64 && !("longAsString" in field && field.longAsString)) checkInt64(name, value);
  else checkText(name, value);
  return value;
}

/** Throws at the first string within a value that has no UTF-8. */
function checkText(name: string, value: unknown): void {
  if (typeof value === "string") {
    if (utf8Length(value) < 0) throw loneSurrogate(name);
  } else if (typeof value === "object" && value !== null && !isBytes(value)) {
    for (const inner of Object.values(value)) checkText(name, inner);
  }
}

function isUnknownFields(value: unknown): value is NonNullable<Message["$unknown"]> {
  return (
    Array.isArray(value) &&
    value.every((one) => Number.isInteger(one?.no) && Number.isInteger(one.wireType) && isBytes(one.data))
  );
}
