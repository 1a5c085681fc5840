import { type MessageTable, readMessage, writeMessage } from "../protobuf/message-table.js";
import { handOut, takeWriter } from "../protobuf/slab.js";
import { checkBodyBytes, unreadableBody, unwritableBody } from "./body-error.js";
import type { BodyCodec } from "./command-map.js";

/**
 * The codec of a protobuf message without generated code: the same bytes and the same values as `messageCodec` gives, but
 * fields that are not known are dropped. What is encoded is owned as the result of `marshal` is. Both throw
 * IM_ERR_BODY_INVALID, `decode` IM_ERR_WIRE_ARGUMENT for what is no Uint8Array.
 *
 * @param messageName of the error messages
 */
export function tableCodec<Message, Init extends object>(
  messageName: string,
  table: MessageTable,
): BodyCodec<Message, Init> {
  return {
    encode(init) {
      const writer = takeWriter();
      try {
        writeMessage(table, init, writer);
      } catch (cause) {
        throw unwritableBody(messageName, cause);
      }
      return handOut(writer, writer.at - writer.start);
    },
    decode(body) {
      checkBodyBytes(body);
      try {
        return readMessage(table, body, 0, body.length) as Message;
      } catch (cause) {
        throw unreadableBody(messageName, cause);
      }
    },
  };
}
