/** A frame of one fragment (RFC 6455 §5.2). */
export const FIN = 0x80;
/** RSV1, beside the opcode: the first frame of a compressed message (RFC 7692 §6). */
export const COMPRESSED = 0x40;
export const MASKED = 0x80;
export const LENGTH_16 = 126;
export const LENGTH_64 = 127;

/** The size of a frame's header, without its mask. */
export function headerBytes(payloadBytes: number): number {
  if (payloadBytes < LENGTH_16) return 2;
  return payloadBytes < 0x10000 ? 4 : 10;
}

/**
 * Writes a header at `offset`; the mask of a masked frame follows it.
 *
 * @param opCode with {@link COMPRESSED} for a compressed message
 * @returns where it ends
 */
export function writeHeader(
  target: Uint8Array,
  offset: number,
  opCode: number,
  payloadBytes: number,
  masked: boolean,
): number {
  const mask = masked ? MASKED : 0;
  target[offset] = FIN | opCode;
  if (payloadBytes < LENGTH_16) {
    target[offset + 1] = mask | payloadBytes;
    return offset + 2;
  }
  if (payloadBytes < 0x10000) {
    target[offset + 1] = mask | LENGTH_16;
    target[offset + 2] = payloadBytes >>> 8;
    target[offset + 3] = payloadBytes;
    return offset + 4;
  }
  target[offset + 1] = mask | LENGTH_64;
  // A Uint8Array is shorter than 2^53 bytes, and its length above 2^32 is the quotient.
  const high = Math.floor(payloadBytes / 0x1_0000_0000);
  for (let i = 0; i < 4; i++) {
    target[offset + 2 + i] = high >>> (24 - 8 * i);
    target[offset + 6 + i] = payloadBytes >>> (24 - 8 * i);
  }
  return offset + 10;
}

/** A whole unmasked frame in memory of its own, as a server sends it. */
export function encodeFrame(opCode: number, payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(headerBytes(payload.length) + payload.length);
  frame.set(payload, writeHeader(frame, 0, opCode, payload.length, false));
  return frame;
}
