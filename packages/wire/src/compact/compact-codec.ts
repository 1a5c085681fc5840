import { checkBodyBytes, unreadableBody, unwritableBody } from "../body-error.js";
import type { BodyCodec } from "../command-map.js";
import { handOut, takeWriter } from "../slab.js";
import type { CompactFields, CompactInit, CompactMessage } from "./compact-fields.js";
import { readMessage } from "./read-message.js";
import { writeMessage } from "./write-message.js";

/**
 * The codec of a protobuf message without generated code: the same bytes and the same values as `messageCodec` gives, but
 * fields that are not known are dropped. Both throw IM_ERR_BODY_INVALID.
 *
 * @param messageName of the error messages
 */
export function compactCodec<const Fields extends CompactFields>(
  messageName: string,
  fields: Fields,
): BodyCodec<CompactMessage<Fields>, CompactInit<Fields>> {
  return {
    encode(init) {
      const writer = takeWriter();
      try {
        writeMessage(writer, fields, init);
      } catch (cause) {
        throw unwritableBody(messageName, cause);
      }
      return handOut(writer, writer.at - writer.start);
    },
    decode(body) {
      checkBodyBytes(body);
      try {
        return readMessage(fields, body, 0, body.length) as CompactMessage<Fields>;
      } catch (cause) {
        throw unreadableBody(messageName, cause);
      }
    },
  };
}
