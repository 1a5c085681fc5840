import { EMPTY_BYTES, isBytes, readU32 } from "./bytes.js";
import type { FieldWriter } from "./header/field-writer.js";
import { HeaderTag } from "./header/fields.js";
import { oddField, plainFieldEnd } from "./header/plain-field.js";
import { NUMBER_FIELD_ROOM, writeInt32Field } from "./header/write-field.js";
import { Flag, Status } from "./header.js";
import { checkBodyLength, checkLimits, type WireLimits } from "./limits.js";
import type { ResponseInit } from "./logic-pkt.js";
import type { LogicPktView } from "./logic-pkt-view.js";
import { beginLogicPkt, endLogicPkt } from "./packet-writer.js";
import { WireError } from "./wire-error.js";

/**
 * The bytes of the response to a scanned request, without decoding what they share: reading them gives what
 * `marshal(createResponse(request, init))` would, and of a request that is written as we and kim write it they are the
 * same bytes. Faults in strings that it need not read stay for the receiver to find, who wrote them. The result is owned
 * as that of `marshal` is.
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
  if ((status | 0) !== status) {
    throw new WireError("IM_ERR_PACKET_INVALID", `The packet's status must be a 32-bit integer, not ${status}.`);
  }
  checkBodyLength(body.length, checked);
  const { bytes } = request;
  const writer = beginLogicPkt();
  writeResponseHeader(bytes, 8 + readU32(bytes, 4), status, writer);
  return endLogicPkt(writer, body, checked);
}

/** Copies command, channelId, sequence and dest in runs, and puts flag and status where `writeHeader` would. */
function writeResponseHeader(bytes: Uint8Array, end: number, status: number, writer: FieldWriter): void {
  /** Where the run begins that is still to be copied. */
  let run = 8;
  let stamped = false;
  for (let at = 8; at < end; ) {
    let tag = bytes[at]!;
    let next = plainFieldEnd(bytes, at, end);
    if (next === 0) ({ tag, next } = oddField(bytes, at, end));
    if (tag === HeaderTag.dest) {
      if (!stamped) {
        writer.raw(bytes, run, at);
        run = at;
        writeOutcome(status, writer);
        stamped = true;
      }
    } else if (tag !== HeaderTag.command && tag !== HeaderTag.channelId && tag !== HeaderTag.sequence) {
      writer.raw(bytes, run, at);
      run = next;
    }
    at = next;
  }
  writer.raw(bytes, run, end);
  if (!stamped) writeOutcome(status, writer);
}

function writeOutcome(status: number, writer: FieldWriter): void {
  writer.reserve(2 * NUMBER_FIELD_ROOM);
  writer.at = writeInt32Field(HeaderTag.flag, Flag.Response, writer.bytes, writer.at);
  if (status !== Status.Success) writer.at = writeInt32Field(HeaderTag.status, status, writer.bytes, writer.at);
}
