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

/** The low 32 bits of the varint at `at`, which is known to be whole. */
export function uint32At(bytes: Uint8Array, at: number): number {
  let value = 0;
  let byte = 0x80;
  for (let shift = 0; byte > 0x7f && shift < 32; shift += 7) {
    byte = bytes[at++]!;
    value |= (byte & 0x7f) << shift;
  }
  return value >>> 0;
}

/** The position after the varint at `at`, which is known to be whole. */
export function varintEnd(bytes: Uint8Array, at: number): number {
  while (bytes[at]! > 0x7f) at++;
  return at + 1;
}
