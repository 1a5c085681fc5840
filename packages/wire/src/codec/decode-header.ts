import { HeaderTag } from "../header/header-tags.js";
import { commandAt, explained, metaAt, textAt } from "../header/header-values.js";
import { Flag, type Meta, Status } from "../header.js";
import { checkMetaCount } from "../limits.js";
import type { LogicPkt } from "../logic-pkt.js";
import { oddField, plainFieldEnd } from "../protobuf/plain-field.js";
import { UnknownFields } from "../protobuf/unknown-fields.js";
import { int32At } from "../protobuf/varint.js";

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
    for (let at = start; at < end; ) {
      let tag = bytes[at]!;
      let valueAt = at + 1;
      let next = plainFieldEnd(bytes, at, end);
      if (next === 0) ({ tag, valueAt, next } = oddField(bytes, at, end));
      switch (tag) {
        case HeaderTag.command:
          command = commandAt(bytes, valueAt, end);
          break;
        case HeaderTag.channelId:
          channelId = textAt(bytes, valueAt, end);
          break;
        case HeaderTag.sequence:
          sequence = int32At(bytes, valueAt, next) >>> 0;
          break;
        case HeaderTag.flag:
          flag = int32At(bytes, valueAt, next);
          break;
        case HeaderTag.status:
          status = int32At(bytes, valueAt, next);
          break;
        case HeaderTag.dest:
          dest = textAt(bytes, valueAt, end);
          break;
        case HeaderTag.meta:
          checkMetaCount(meta.push(metaAt(bytes, valueAt, next)));
          break;
        default:
          unknown ??= new UnknownFields(end - at);
          unknown.take(tag, bytes, valueAt, next);
      }
      at = next;
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
