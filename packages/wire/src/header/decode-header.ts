import { Flag, type Meta, Status } from "../packet/header.js";
import { checkMetaCount } from "../packet/limits.js";
import type { LogicPkt } from "../packet/logic-pkt.js";
import { FieldReader } from "../protobuf/field-reader.js";
import { UnknownFields } from "../protobuf/unknown-fields.js";
import { HeaderTag } from "./header-tags.js";
import { explained, metaAt } from "./header-values.js";

/**
 * Decodes the Header in `bytes` from `start` to `end` and joins the body to it. As in kim: the last of a repeated field
 * wins, metas add up, unknown enum numbers are kept, and a known field of another wire type counts as unknown. Throws
 * IM_ERR_HEADER_INVALID, and IM_ERR_HEADER_TOO_LARGE for too many metas.
 */
export function decodeHeader(bytes: Uint8Array, start: number, end: number, body: Uint8Array): LogicPkt {
  let command = "";
  let channelId = "";
  let sequence = 0;
  let flag: Flag = Flag.Request;
  let status: Status = Status.Success;
  let dest = "";
  const meta: Meta[] = [];
  let unknown: UnknownFields | undefined;
  try {
    const reader = new FieldReader(bytes, start, end);
    while (reader.pos < end) {
      const tag = reader.tag();
      const valueAt = reader.pos;
      switch (tag) {
        case HeaderTag.command:
          command = reader.string();
          break;
        case HeaderTag.channelId:
          channelId = reader.string();
          break;
        case HeaderTag.sequence:
          sequence = reader.int32() >>> 0;
          break;
        case HeaderTag.flag:
          flag = reader.int32();
          break;
        case HeaderTag.status:
          status = reader.int32();
          break;
        case HeaderTag.dest:
          dest = reader.string();
          break;
        case HeaderTag.meta:
          reader.skip(tag);
          checkMetaCount(meta.push(metaAt(bytes, valueAt, reader.pos)));
          break;
        default:
          reader.skip(tag);
          unknown ??= new UnknownFields(end - start);
          unknown.take(tag, bytes, valueAt, reader.pos);
      }
    }
  } catch (cause) {
    throw explained(cause);
  }
  const packet: LogicPkt & { unknownFields?: Uint8Array } = {
    kind: "logic",
    command,
    channelId,
    sequence,
    flag,
    status,
    dest,
    meta,
    body,
  };
  if (unknown !== undefined) packet.unknownFields = unknown.toBytes();
  return packet;
}
