import { randomFillSync } from "node:crypto";

// A mask is a number whose lowest byte is the first on the wire (RFC 6455 §5.3).

export const MASK_BYTES = 4;

/** From here on a view pays, which writes four bytes at a time, even if it serves a single payload. */
const VIEWED_FROM_BYTES = 192;
/** And from here on if the view is there already. */
const WORDWISE_FROM_BYTES = 24;

/** Random bytes are cheap in bulk only. */
const pool = new Uint32Array(2 * 1024);
let used = pool.length;

/** The frames of a chunk share one view, made when the second of them comes. */
let lastBuffer: ArrayBufferLike | undefined;
let lastView: DataView | undefined;

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

/** Masks or unmasks a payload where it lies: `length` bytes at `offset` of an array in `buffer`. */
export function applyMask(
  bytes: Uint8Array,
  offset: number,
  length: number,
  mask: number,
  buffer: ArrayBufferLike = bytes.buffer,
): void {
  const end = offset + length;
  let i = offset;
  const view = length < WORDWISE_FROM_BYTES ? undefined : viewOf(buffer, length);
  if (view) {
    const start = bytes.byteOffset;
    const wordsEnd = end - (length & 3);
    for (; i < wordsEnd; i += 4) view.setInt32(start + i, view.getInt32(start + i, true) ^ mask, true);
  } else {
    const [first, second, third, fourth] = [mask, mask >>> 8, mask >>> 16, mask >>> 24];
    for (const foursEnd = end - (length & 3); i < foursEnd; i += 4) {
      bytes[i]! ^= first;
      bytes[i + 1]! ^= second;
      bytes[i + 2]! ^= third;
      bytes[i + 3]! ^= fourth;
    }
  }
  for (let byte = 0; i < end; i++, byte++) bytes[i]! ^= mask >>> (byte << 3);
}

/** The view of a buffer, if it is worth its making. */
function viewOf(buffer: ArrayBufferLike, length: number): DataView | undefined {
  const isKnown = buffer === lastBuffer;
  if (!isKnown) {
    lastBuffer = buffer;
    lastView = undefined;
  }
  if (isKnown || length >= VIEWED_FROM_BYTES) lastView ??= new DataView(buffer);
  return lastView;
}
