import { isBytes } from "@im/transport-core/internal";
import { writeHeader } from "../header/write-header.js";
import type { BasicPkt } from "../packet/basic-pkt.js";
import { type CheckedLimits, checkBodyLength, checkLimits, type WireLimits } from "../packet/limits.js";
import type { LogicPkt } from "../packet/logic-pkt.js";
import { BASIC_MAGIC } from "../packet/magic.js";
import type { Packet } from "../packet/packet.js";
import { WireError } from "../packet/wire-error.js";
import { writeU16, writeU32 } from "./bytes.js";
import { beginLogicPkt, endLogicPkt } from "./packet-writer.js";

/**
 * The bytes of a packet with its magic. They are the caller's and no other packet's, but up to 2 KiB they lie in a slab
 * of 16 KiB that they share with other packets: use `byteOffset` beside `buffer`, do not transfer `buffer`, and copy
 * (`new Uint8Array(bytes)`) what you keep long, since it keeps the whole slab in memory.
 *
 * Throws IM_ERR_PACKET_INVALID, IM_ERR_HEADER_TOO_LARGE, IM_ERR_BODY_TOO_LARGE and IM_ERR_WIRE_ARGUMENT, never
 * returning part of a packet.
 */
export function marshal(packet: Packet, limits?: WireLimits): Uint8Array {
  const checked = checkLimits(limits);
  const { body } = packet;
  if (!isBytes(body)) {
    throw new WireError("IM_ERR_PACKET_INVALID", `The packet's body must be a Uint8Array, not ${typeof body}.`);
  }
  checkBodyLength(body.length, checked);
  switch (packet.kind) {
    case "logic":
      return marshalLogic(packet, body, checked);
    case "basic":
      return marshalBasic(packet);
    default:
      throw new WireError("IM_ERR_PACKET_INVALID", 'The packet\'s kind must be "logic" or "basic".');
  }
}

function marshalLogic(packet: LogicPkt, body: Uint8Array, limits: CheckedLimits): Uint8Array {
  const writer = beginLogicPkt();
  writeHeader(packet, writer);
  return endLogicPkt(writer, body, limits);
}

function marshalBasic({ code, body }: BasicPkt): Uint8Array {
  if (!Number.isInteger(code) || code < 0 || code > 0xffff) {
    throw new WireError("IM_ERR_PACKET_INVALID", `The packet's code must be an integer from 0 to 65535, not ${code}.`);
  }
  if (body.length > 0xffff) {
    throw new WireError(
      "IM_ERR_BODY_TOO_LARGE",
      `A BasicPkt holds at most 65535 bytes and this body has ${body.length}: send it in a LogicPkt.`,
    );
  }
  const out = new Uint8Array(8 + body.length);
  writeU32(BASIC_MAGIC, out, 0);
  writeU16(code, out, 4);
  writeU16(body.length, out, 6);
  out.set(body, 8);
  return out;
}
