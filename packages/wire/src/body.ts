import {
  create,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { checkBodyBytes, unreadableBody, unwritableBody } from "./body-error.js";
import { checkBodyFields } from "./body-fields.js";
import { isBytes } from "./bytes.js";
import { utf8Length } from "./protobuf/utf8.js";

/**
 * The bytes of a body message; absent fields take their defaults. Throws IM_ERR_BODY_INVALID for a value out of range
 * and for a lone surrogate, which protobuf-es alone would replace in silence.
 */
export function encodeBody<Desc extends DescMessage>(schema: Desc, init: MessageInitShape<Desc>): Uint8Array {
  try {
    const message = create(schema, init);
    checkText(message);
    return toBinary(schema, message);
  } catch (cause) {
    throw unwritableBody(schema.typeName, cause);
  }
}

/**
 * Reads a body as a message of `schema`; unknown fields are kept in `$unknown`, int64 fields are bigints. Throws
 * IM_ERR_BODY_INVALID for bytes that do not parse, for strings that are not UTF-8, and for a known field of another
 * wire type (kim takes that for an unknown field, protobuf-es alone would misread it).
 */
export function decodeBody<Desc extends DescMessage>(schema: Desc, body: Uint8Array): MessageShape<Desc> {
  checkBodyBytes(body);
  try {
    checkBodyFields(schema, body);
    return fromBinary(schema, body);
  } catch (cause) {
    throw unreadableBody(schema.typeName, cause);
  }
}

/** Throws at the first string within a message that has no UTF-8. */
function checkText(value: unknown): void {
  if (typeof value === "string") {
    if (utf8Length(value) < 0) throw new Error(`${JSON.stringify(value)} holds a lone surrogate`);
  } else if (typeof value === "object" && value !== null && !isBytes(value)) {
    for (const inner of Object.values(value)) checkText(inner);
  }
}
