import { Flag, type Meta, Status } from "../packet/header.js";
import { checkMetaCount } from "../packet/limits.js";
import type { LogicPkt } from "../packet/logic-pkt.js";
import { fieldEnd, int32At, tagAt, textAt } from "../protobuf/fields.js";
import { UnknownFields } from "../protobuf/unknown-fields.js";
import { headerError } from "./header-error.js";
import { HeaderTag } from "./header-tags.js";
import { readMeta } from "./read-meta.js";

/**
 * Reads the Header in `bytes` from `start` to `end` and joins the body to it. As in kim: the last of a repeated field
 * wins, metas add up, unknown enum numbers are kept, and a known field of another wire type counts as unknown. Throws
 * IM_ERR_HEADER_INVALID, and IM_ERR_HEADER_TOO_LARGE for too many metas.
 */
export function readHeader(bytes: Uint8Array, start: number, end: number, body: Uint8Array): LogicPkt {
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
      const next = fieldEnd(bytes, at, end);
      switch (tagAt(bytes, at)) {
        case HeaderTag.command:
          command = textAt(bytes, at);
          break;
        case HeaderTag.channelId:
          channelId = textAt(bytes, at);
          break;
        case HeaderTag.sequence:
          sequence = int32At(bytes, at) >>> 0;
          break;
        case HeaderTag.flag:
          flag = int32At(bytes, at);
          break;
        case HeaderTag.status:
          status = int32At(bytes, at);
          break;
        case HeaderTag.dest:
          dest = textAt(bytes, at);
          break;
        case HeaderTag.meta:
          checkMetaCount(meta.push(readMeta(bytes, at, next)));
          break;
        default:
          unknown ??= new UnknownFields(end - at);
          unknown.take(bytes, at, next);
      }
      at = next;
    }
  } catch (cause) {
    throw headerError(cause);
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
