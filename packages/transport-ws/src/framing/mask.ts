import { randomFillSync } from "node:crypto";

export const MASK_BYTES = 4;

/** Random bytes are cheap in bulk only. */
const pool = new Uint8Array(8 * 1024);
let used = pool.length;

/** Writes a mask that cannot be foreseen at `offset` (RFC 6455 §5.3). */
export function writeMask(target: Uint8Array, offset: number): void {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  for (let i = 0; i < MASK_BYTES; i++) target[offset + i] = pool[used++]!;
}

/** Writes `payload` to `target` at `offset`, masked with the four bytes of `mask` at `maskOffset`. */
export function maskInto(
  target: Uint8Array,
  offset: number,
  payload: Uint8Array,
  mask: Uint8Array,
  maskOffset: number,
): void {
  const { length } = payload;
  for (let i = 0; i < length; i++) target[offset + i] = payload[i]! ^ mask[maskOffset + (i & 3)]!;
}
