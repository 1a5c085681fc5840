/** Before the payload: the opcode as u8, then the length as u32 big-endian. */
export const FRAME_HEADER_BYTES = 5;

/** Writes the header of a frame at `offset`. */
export function writeFrameHeader(target: Uint8Array, offset: number, opCode: number, payloadBytes: number): void {
  target[offset] = opCode;
  target[offset + 1] = payloadBytes >>> 24;
  target[offset + 2] = payloadBytes >>> 16;
  target[offset + 3] = payloadBytes >>> 8;
  target[offset + 4] = payloadBytes;
}

/** A whole frame in memory of its own. */
export function encodeFrame(opCode: number, payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(FRAME_HEADER_BYTES + payload.length);
  writeFrameHeader(frame, 0, opCode, payload.length);
  frame.set(payload, FRAME_HEADER_BYTES);
  return frame;
}
