import { readHeader } from "../header/read-header.js";
import type { BasicPkt } from "../packet/basic-pkt.js";
import { type CheckedLimits, checkBodyLength, checkHeaderLength } from "../packet/limits.js";
import { BASIC_MAGIC, LOGIC_MAGIC } from "../packet/magic.js";
import type { Packet } from "../packet/packet.js";
import { WireError } from "../packet/wire-error.js";
import { readU16, readU32, viewOf } from "./bytes.js";

/**
 * How many bytes, counted from `start`, are needed to go on with the packet that begins there. When that many are
 * already there (`end - start` or fewer), they are the whole packet. Every length is checked as soon as it is there.
 *
 * Throws IM_ERR_MAGIC, IM_ERR_HEADER_TOO_LARGE, IM_ERR_BODY_TOO_LARGE.
 */
export function packetLength(bytes: Uint8Array, start: number, end: number, limits: CheckedLimits): number {
  const available = end - start;
  if (available < 4) return 4;
  if (isBasic(bytes, start)) {
    if (available < 8) return 8;
    const bodyLength = readU16(bytes, start + 6);
    checkBodyLength(bodyLength, limits);
    return 8 + bodyLength;
  }
  if (available < 8) return 8;
  const headerLength = readU32(bytes, start + 4);
  checkHeaderLength(headerLength, limits);
  const headerEnd = 8 + headerLength;
  if (available < headerEnd + 4) return headerEnd + 4;
  const bodyLength = readU32(bytes, start + headerEnd);
  checkBodyLength(bodyLength, limits);
  return headerEnd + 4 + bodyLength;
}

/** Decodes the packet that lies in `bytes` from `start` to `end`, as {@link packetLength} has found. */
export function decodePacket(bytes: Uint8Array, start: number, end: number): Packet {
  if (isBasic(bytes, start)) return decodeBasic(bytes, start, end);
  const headerStart = start + 8;
  const headerEnd = headerStart + readU32(bytes, start + 4);
  return readHeader(bytes, headerStart, headerEnd, viewOf(bytes, headerEnd + 4, end));
}

/** The same, when it is known to be a BasicPkt. */
export function decodeBasic(bytes: Uint8Array, start: number, end: number): BasicPkt {
  return { kind: "basic", code: readU16(bytes, start + 4), body: viewOf(bytes, start + 8, end) };
}

/** Whether a BasicPkt begins at `at`; four bytes must be there. Throws IM_ERR_MAGIC if a LogicPkt does not either. */
export function isBasic(bytes: Uint8Array, at: number): boolean {
  const magic = readU32(bytes, at);
  if (magic === BASIC_MAGIC) return true;
  if (magic === LOGIC_MAGIC) return false;
  throw noMagic(magic);
}

function noMagic(magic: number): WireError {
  return new WireError(
    "IM_ERR_MAGIC",
    `No packet begins with ${magic.toString(16).padStart(8, "0")}: the stream is out of step. Close the connection.`,
  );
}
