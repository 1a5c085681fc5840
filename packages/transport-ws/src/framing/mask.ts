import { randomFillSync } from "node:crypto";

// A mask is a number whose lowest byte is the first on the wire (RFC 6455 §5.3).

export const MASK_BYTES = 4;

/** From here on four bytes at a time are quicker, though they need a view. */
const WORDWISE_FROM_BYTES = 64;

/** Random bytes are cheap in bulk only. */
const pool = new Uint32Array(2 * 1024);
let used = pool.length;

/** The frames of a chunk share one view. */
let viewed: ArrayBufferLike = new ArrayBuffer(0);
let view: DataView = new DataView(viewed);

/** A mask that cannot be foreseen. */
export function nextMask(): number {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  return pool[used++]! | 0;
}

export function readMask(bytes: Uint8Array, offset: number): number {
  return bytes[offset]! | (bytes[offset + 1]! << 8) | (bytes[offset + 2]! << 16) | (bytes[offset + 3]! << 24);
}

/** Writes the mask at `offset`. */
export function writeMask(target: Uint8Array, offset: number, mask: number): void {
  target[offset] = mask;
  target[offset + 1] = mask >>> 8;
  target[offset + 2] = mask >>> 16;
  target[offset + 3] = mask >>> 24;
}

/** Masks or unmasks a payload where it lies. */
export function applyMask(bytes: Uint8Array, offset: number, length: number, mask: number): void {
  const end = offset + length;
  let i = offset;
  if (length >= WORDWISE_FROM_BYTES) {
    if (bytes.buffer !== viewed) {
      viewed = bytes.buffer;
      view = new DataView(viewed);
    }
    const start = bytes.byteOffset;
    const wordsEnd = end - (length & 3);
    for (; i < wordsEnd; i += 4) view.setInt32(start + i, view.getInt32(start + i, true) ^ mask, true);
  }
  for (let byte = 0; i < end; i++, byte++) bytes[i]! ^= mask >>> ((byte & 3) << 3);
}
