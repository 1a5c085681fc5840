import { isBytes } from "@im/transport-core/internal";
import { readCommand } from "../header/read-command.js";
import { type CheckedLimits, checkLimits, type WireLimits } from "../packet/limits.js";
import type { Packet } from "../packet/packet.js";
import { WireError } from "../packet/wire-error.js";
import { readU32 } from "./bytes.js";
import { decodePacket, isBasic, packetLength } from "./packet-layout.js";

/**
 * Reads one packet from the start of `bytes`; bytes after it are ignored, as in kim. For a stream use `PacketReader`.
 * The body is a view of `bytes`: copy it (`new Uint8Array(body)`) if you keep it longer than `bytes` stays unchanged.
 *
 * Throws IM_ERR_MAGIC, IM_ERR_TRUNCATED, IM_ERR_HEADER_INVALID, IM_ERR_HEADER_TOO_LARGE, IM_ERR_BODY_TOO_LARGE and
 * IM_ERR_WIRE_ARGUMENT.
 */
export function read(bytes: Uint8Array, limits?: WireLimits): Packet {
  return decodePacket(bytes, 0, wholeLength(bytes, checkLimits(limits)));
}

/**
 * The command of a marshalled LogicPkt, for routing: no other value of the header is decoded and the body may be
 * missing. undefined for a BasicPkt. Throws IM_ERR_MAGIC, IM_ERR_TRUNCATED, IM_ERR_HEADER_INVALID and
 * IM_ERR_WIRE_ARGUMENT; it finds fewer faults than {@link read}.
 */
export function peekCommand(bytes: Uint8Array): string | undefined {
  checkBytes(bytes);
  if (bytes.length < 4) throw truncated(bytes.length, 4);
  if (isBasic(bytes, 0)) return undefined;
  if (bytes.length < 8) throw truncated(bytes.length, 8);
  const headerEnd = 8 + readU32(bytes, 4);
  if (headerEnd > bytes.length) throw truncated(bytes.length, headerEnd);
  return readCommand(bytes, 8, headerEnd);
}

/** How long the packet is that lies whole at the start of `bytes`; throws what {@link read} throws, but for its header. */
export function wholeLength(bytes: Uint8Array, limits: CheckedLimits): number {
  checkBytes(bytes);
  const length = packetLength(bytes, 0, bytes.length, limits);
  if (length > bytes.length) throw truncated(bytes.length, length);
  return length;
}

/** Throws IM_ERR_WIRE_ARGUMENT. */
export function checkBytes(bytes: unknown): void {
  if (!isBytes(bytes)) {
    throw new WireError("IM_ERR_WIRE_ARGUMENT", `Packets are read from a Uint8Array, not from a ${typeof bytes}.`);
  }
}

/** The input ended after `have` bytes of a packet that needs at least `need`. */
export function truncated(have: number, need: number): WireError {
  return new WireError(
    "IM_ERR_TRUNCATED",
    `The input ended after ${have} bytes of a packet that needs at least ${need}: pass all of it, or use PacketReader.`,
  );
}
