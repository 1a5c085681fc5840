import { type DescMessage, fromBinary, type MessageInitShape, type MessageShape, toBinary } from "@bufbuild/protobuf";
import { checkBodyBytes, unreadableBody, unwritableBody } from "./body-error.js";
import { checkBodyFields } from "./generated-body-check.js";
import { checkText, messageFrom } from "./generated-body-init.js";

/**
 * The bytes of a body message; absent fields take their defaults. Throws IM_ERR_BODY_INVALID for a field that the message
 * does not have, and for a value of another type, out of range, or with a lone surrogate; the message names the field.
 */
export function encodeBody<Desc extends DescMessage>(schema: Desc, init: MessageInitShape<Desc>): Uint8Array {
  try {
    const message = messageFrom(schema, init) as MessageShape<Desc>;
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
