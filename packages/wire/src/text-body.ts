import { checkBodyBytes, unreadableBody, unwritableBody } from "./body-error.js";
import { ES, FieldReader, MalformedField, WireType } from "./header/field-reader.js";
import type { FieldWriter } from "./header/field-writer.js";
import { handOut, takeWriter } from "./slab.js";

/**
 * A message whose fields are all strings. Field 1 is the first of `fields` and so on; the last may be `repeated`. It is
 * written and read as the generated code does, through `encodeBody` and `decodeBody`.
 */
export interface TextMessage<T> {
  /** Of the error messages. */
  readonly messageName: string;
  readonly fields: readonly (keyof T & string)[];
  /** The number of the repeated field; 0 is none. */
  readonly repeated: number;
}

/** The result is owned as that of `marshal` is. Throws IM_ERR_BODY_INVALID for what is no string or holds a lone surrogate. */
export function encodeText<T>({ messageName, fields, repeated }: TextMessage<T>, message: Partial<T>): Uint8Array {
  const writer = takeWriter();
  try {
    for (let number = 1; number <= fields.length; number++) {
      const name = fields[number - 1]!;
      const value: unknown = message[name] ?? (number === repeated ? [] : "");
      if (number !== repeated) writeText(writer, number, name, value, value !== "");
      else if (!Array.isArray(value)) throw new Error(`${name} must be an array`);
      else for (const element of value) writeText(writer, number, name, element, true);
    }
  } catch (cause) {
    throw unwritableBody(messageName, cause);
  }
  return handOut(writer, writer.at - writer.start);
}

function writeText(writer: FieldWriter, number: number, name: string, text: unknown, present: boolean): void {
  if (typeof text !== "string") throw new Error(`${name} must be a string, not ${String(text)}`);
  if (present && !writer.text(number * 8 + WireType.Bytes, text)) {
    throw new Error(`${name} holds a lone surrogate: ${JSON.stringify(text)}`);
  }
}

/** Drops fields that are not known. Throws IM_ERR_BODY_INVALID, and IM_ERR_WIRE_ARGUMENT for what is no Uint8Array. */
export function decodeText<T>({ messageName, fields, repeated }: TextMessage<T>, body: Uint8Array): T {
  checkBodyBytes(body);
  const message: Record<string, string | string[]> = {};
  fields.forEach((name, index) => {
    message[name] = index + 1 === repeated ? [] : "";
  });
  try {
    const reader = new FieldReader(body, 0, body.length, ES);
    while (reader.pos < reader.end) {
      const tag = reader.tag();
      const number = Math.floor(tag / 8);
      const name = fields[number - 1];
      if (name === undefined) reader.skip(tag);
      else if (tag % 8 !== WireType.Bytes) throw new MalformedField(`field ${name} has wire type ${tag % 8}`);
      else if (number === repeated) (message[name] as string[]).push(reader.string());
      else message[name] = reader.string();
    }
  } catch (cause) {
    throw unreadableBody(messageName, cause);
  }
  return message as T;
}
