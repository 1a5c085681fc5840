const BINARY = 2;
const HEADER_BYTES = 5;

/** Opcode u8, length u32 big-endian, payload; the same in both directions. */
export function tcpFrame(payload) {
  const header = Buffer.alloc(HEADER_BYTES);
  header[0] = BINARY;
  header.writeUInt32BE(payload.length, 1);
  return Buffer.concat([header, payload]);
}

/** The first frame, or undefined while it is not complete. */
export function completeTcpFrame(bytes) {
  if (bytes.length < HEADER_BYTES) return undefined;
  const end = HEADER_BYTES + bytes.readUInt32BE(1);
  return bytes.length < end ? undefined : { payload: bytes.subarray(HEADER_BYTES, end), bytes: end };
}
