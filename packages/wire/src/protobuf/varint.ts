/** How many bytes a u32 takes as a minimal varint. */
export function varintSize(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x200000) return 3;
  return value < 0x10000000 ? 4 : 5;
}

/** Writes a u32 as a minimal varint and returns the position after it. */
export function writeVarint(value: number, out: Uint8Array, at: number): number {
  while (value > 0x7f) {
    out[at++] = value | 0x80;
    value >>>= 7;
  }
  out[at++] = value;
  return at;
}

/** Writes an int32 and returns the position after it: protobuf extends a negative one to 64 bits, which makes ten bytes. */
export function writeInt32(value: number, out: Uint8Array, at: number): number {
  if (value >= 0) return writeVarint(value, out, at);
  for (let i = 0; i < 4; i++) {
    out[at++] = value | 0x80;
    value >>= 7;
  }
  out[at++] = value | 0x80;
  for (let i = 0; i < 4; i++) out[at++] = 0xff;
  out[at++] = 0x01;
  return at;
}

/** The varint from `start` to `end`, cut to its low 32 bits, signed. */
export function int32At(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let i = start, shift = 0; i < end && shift < 32; i++, shift += 7) value |= (bytes[i]! & 0x7f) << shift;
  return value;
}
