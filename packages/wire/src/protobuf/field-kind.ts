import type { FieldWriter } from "./field-writer.js";
import { int32At, textAt, wireTypeAt } from "./fields.js";
import { WireType } from "./wire-type.js";
import { NUMBER_FIELD_ROOM, textFieldRoom, writeInt32Field, writeTextField } from "./write-field.js";

/** Why a value cannot be written. The caller, which knows what it writes, turns it into a WireError. */
export class UnfitValue extends Error {}

/** How the values of one kind of field are read and written. Field numbers go to 15, so tags are of one byte. */
export interface FieldKind<Value = unknown> {
  /** What an absent field is read as. */
  absent(): Value;
  /**
   * Reads the field of `bytes` that begins at `at` and ends at `end`.
   *
   * @returns what the member is now, after what it was `before`; undefined if values of this kind have another wire type.
   * Throws MalformedField.
   */
  read(bytes: Uint8Array, at: number, end: number, before: Value): Value | undefined;
  /** Writes a field, unless it has its default. Throws UnfitValue, which names the field. */
  write(writer: FieldWriter, number: number, name: string, value: Value): void;
}

export const text: FieldKind<string> = {
  absent: () => "",
  read: (bytes, at) => (wireTypeAt(bytes, at) === WireType.Bytes ? textAt(bytes, at) : undefined),
  write(writer, number, name, value) {
    if (value !== "") writeText(writer, number, name, value);
  },
};

export const int32: FieldKind<number> = {
  absent: () => 0,
  read: (bytes, at) => (wireTypeAt(bytes, at) === WireType.Varint ? int32At(bytes, at) : undefined),
  write(writer, number, name, value) {
    checkInteger(name, value, -(2 ** 31), 2 ** 31 - 1);
    writer.reserve(NUMBER_FIELD_ROOM);
    if (value !== 0) writer.at = writeInt32Field(number * 8 + WireType.Varint, value, writer.bytes, writer.at);
  },
};

/** Throws UnfitValue. */
export function checkInteger(name: string, value: unknown, min: number, max: number): void {
  if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) return;
  throw unfit(name, `an integer from ${min} to ${max}`, value);
}

/** Throws UnfitValue. */
export function checkInt64(name: string, value: unknown): void {
  if (typeof value === "bigint" && BigInt.asIntN(64, value) === value) return;
  throw unfit(name, "a bigint of 64 bits", value);
}

export const texts: FieldKind<string[]> = /* @__PURE__ */ listOf<string>({
  read: textAt,
  write: writeText,
});

/** A list of length-delimited values: texts or messages. */
export function listOf<Element>(element: {
  read(bytes: Uint8Array, at: number, end: number): Element;
  write(writer: FieldWriter, number: number, name: string, value: Element): void;
}): FieldKind<Element[]> {
  return {
    absent: () => [],
    read(bytes, at, end, before) {
      if (wireTypeAt(bytes, at) !== WireType.Bytes) return undefined;
      before.push(element.read(bytes, at, end));
      return before;
    },
    write(writer, number, name, values) {
      for (const value of checkedList(name, values)) element.write(writer, number, name, value);
    },
  };
}

/**
 * The members of what a message is made from: only those that are known, and those that the generated code adds to
 * fields, which begin with "$". Throws UnfitValue.
 *
 * @param owner stands before the names in errors
 */
export function checkedMembers(message: unknown, isKnown: (name: string) => boolean, owner: string) {
  if (!isRecord(message)) throw unfit(owner.slice(0, -1) || "it", "an object", message);
  const unknown = Object.keys(message).find((key) => !isKnown(key) && key[0] !== "$");
  if (unknown === undefined) return message;
  throw new UnfitValue(`it has no field ${owner}${unknown}`);
}

/** No list, no bytes, no promise or Map: of these nothing would be written. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return tagOf(value) === "Object";
}

function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** Says of a value what it is, but not what it holds, unless it is a number. */
export function unfit(name: string, wanted: string, value: unknown): UnfitValue {
  return new UnfitValue(`${name} must be ${wanted}, not ${typeof value === "number" ? value : tagOf(value)}`);
}

export function checkedList<Element>(name: string, values: readonly Element[]): readonly Element[] {
  if (Array.isArray(values)) return values;
  throw unfit(name, "an array", values);
}

function writeText(writer: FieldWriter, number: number, name: string, value: unknown): void {
  if (typeof value !== "string") throw unfit(name, "a string", value);
  writer.reserve(textFieldRoom(value));
  writer.at = writeTextField(number * 8 + WireType.Bytes, value, writer.bytes, writer.at);
  if (writer.at < 0) throw loneSurrogate(name);
}

export function loneSurrogate(name: string): UnfitValue {
  return new UnfitValue(`${name} holds a lone surrogate`);
}
