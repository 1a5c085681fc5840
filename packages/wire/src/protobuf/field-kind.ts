import { type FieldReader, WireType } from "./field-reader.js";
import type { FieldWriter } from "./field-writer.js";
import { NUMBER_FIELD_ROOM, writeInt32Field } from "./write-field.js";

/** Why a value cannot be written. Those who know what was being written turn it into a WireError. */
export class UnfitValue extends Error {}

/** How the values of one kind of field are read and written. Field numbers go to 15, so tags are of one byte. */
export interface FieldKind<Value = unknown> {
  /** What an absent field is read as. */
  absent(): Value;
  /**
   * Reads what stands behind a tag.
   *
   * @returns what the field is now, after what it was `before`; undefined, with nothing read, if values of this kind do
   * not have this wire type. Throws MalformedField.
   */
  read(reader: FieldReader, wireType: number, before: Value): Value | undefined;
  /** Writes a field, unless it is as if it were absent. Throws UnfitValue, which names it. */
  write(writer: FieldWriter, number: number, name: string, value: Value): void;
}

export const text: FieldKind<string> = {
  absent: () => "",
  read: (reader, wireType) => (wireType === WireType.Bytes ? reader.string() : undefined),
  write(writer, number, name, value) {
    if (value !== "") writeText(writer, number, name, value);
  },
};

export const int32: FieldKind<number> = /* @__PURE__ */ integer(-(2 ** 31), 2 ** 31 - 1);
export const uint32: FieldKind<number> = /* @__PURE__ */ integer(0, 2 ** 32 - 1);

function integer(min: number, max: number): FieldKind<number> {
  return {
    absent: () => 0,
    read(reader, wireType) {
      if (wireType !== WireType.Varint) return undefined;
      const value = reader.int32();
      return min < 0 ? value : value >>> 0;
    },
    write(writer, number, name, value) {
      if (!Number.isInteger(value) || value < min || value > max) {
        throw new UnfitValue(`${name} must be an integer from ${min} to ${max}, not ${String(value)}`);
      }
      writer.reserve(NUMBER_FIELD_ROOM);
      if (value !== 0) writer.at = writeInt32Field(number * 8 + WireType.Varint, value, writer.bytes, writer.at);
    },
  };
}

export const texts: FieldKind<string[]> = /* @__PURE__ */ listOf<string>({
  read: (reader) => reader.string(),
  write: writeText,
});

/** A list of what is told apart by its length: texts or messages. */
export function listOf<Element>(element: {
  read(reader: FieldReader): Element;
  write(writer: FieldWriter, number: number, name: string, value: Element): void;
}): FieldKind<Element[]> {
  return {
    absent: () => [],
    read(reader, wireType, before) {
      if (wireType !== WireType.Bytes) return undefined;
      before.push(element.read(reader));
      return before;
    },
    write(writer, number, name, values) {
      for (const value of checkedList(name, values)) element.write(writer, number, name, value);
    },
  };
}

export function checkedList<Element>(name: string, values: readonly Element[]): readonly Element[] {
  if (Array.isArray(values)) return values;
  throw new UnfitValue(`${name} must be an array`);
}

function writeText(writer: FieldWriter, number: number, name: string, value: unknown): void {
  if (typeof value !== "string") throw new UnfitValue(`${name} must be a string, not ${String(value)}`);
  if (writer.text(number * 8 + WireType.Bytes, value)) return;
  throw new UnfitValue(`${name} holds a lone surrogate, which has no UTF-8: ${JSON.stringify(value)}`);
}
