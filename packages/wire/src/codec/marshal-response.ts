import { EMPTY_BYTES, isBytes } from "@im/transport-core/internal";
import { HeaderTag } from "../header/header-tags.js";
import { Flag, Status } from "../packet/header.js";
import { checkBodyLength, checkLimits, type WireLimits } from "../packet/limits.js";
import type { ResponseInit } from "../packet/logic-pkt.js";
import { WireError } from "../packet/wire-error.js";
import type { FieldWriter } from "../protobuf/field-writer.js";
import { fieldEnd, tagAt } from "../protobuf/fields.js";
import { NUMBER_FIELD_ROOM, writeInt32Field } from "../protobuf/write-field.js";
import { readU32 } from "./bytes.js";
import type { LogicPktView } from "./logic-pkt-view.js";
import { beginLogicPkt, endLogicPkt } from "./packet-writer.js";

/** Behind magic and header length. */
const FIELDS_START = 8;

/**
 * The bytes of the response to a scanned request, without decoding what they share: reading them gives what
 * `marshal(createResponse(request, init))` would, and of a request that is written as we and kim write it they are the
 * same bytes. It does not check the strings that it copies: the receiver, which wrote them, finds their faults. The result is
 * owned as that of `marshal` is.
 *
 * Throws IM_ERR_BODY_TOO_LARGE, IM_ERR_HEADER_TOO_LARGE, IM_ERR_PACKET_INVALID and IM_ERR_WIRE_ARGUMENT.
 */
export function marshalResponse(
  request: LogicPktView,
  { status = Status.Success, body = EMPTY_BYTES }: Pick<ResponseInit, "status" | "body"> = {},
  limits?: WireLimits,
): Uint8Array {
  const checked = checkLimits(limits);
  if (!isBytes(body)) {
    throw new WireError("IM_ERR_PACKET_INVALID", `The packet's body must be a Uint8Array, not ${typeof body}.`);
  }
  if (typeof status !== "number" || (status | 0) !== status) {
    throw new WireError("IM_ERR_PACKET_INVALID", `The packet's status must be a 32-bit integer, not ${status}.`);
  }
  checkBodyLength(body.length, checked);
  const { bytes } = request;
  const writer = beginLogicPkt();
  writeResponseHeader(bytes, FIELDS_START + readU32(bytes, 4), status, writer);
  return endLogicPkt(writer, body, checked);
}

/** Copies command, channelId, sequence and dest, and puts flag and status where `writeHeader` would. */
function writeResponseHeader(bytes: Uint8Array, end: number, status: number, writer: FieldWriter): void {
  // Room for all of it at once, and a position that is passed on: see `writeHeader`.
  writer.reserve(end - FIELDS_START + 2 * NUMBER_FIELD_ROOM);
  const out = writer.bytes;
  let to = writer.at;
  let stamped = false;
  for (let at = FIELDS_START; at < end; ) {
    const next = fieldEnd(bytes, at, end);
    const tag = tagAt(bytes, at);
    if (tag === HeaderTag.dest && !stamped) {
      to = writeOutcome(status, out, to);
      stamped = true;
    }
    if (isCopied(tag)) while (at < next) out[to++] = bytes[at++]!;
    at = next;
  }
  writer.at = stamped ? to : writeOutcome(status, out, to);
}

function isCopied(tag: number): boolean {
  return (
    tag === HeaderTag.command || tag === HeaderTag.channelId || tag === HeaderTag.sequence || tag === HeaderTag.dest
  );
}

function writeOutcome(status: number, out: Uint8Array, at: number): number {
  const next = writeInt32Field(HeaderTag.flag, Flag.Response, out, at);
  return status === Status.Success ? next : writeInt32Field(HeaderTag.status, status, out, next);
}
