import { randomFillSync } from "node:crypto";

// A mask is a 32-bit number whose lowest byte is the first on the wire (RFC 6455 §5.3).

export const MASK_BYTES = 4;

/** From this size on, a view that masks four bytes at a time is worth making, even for one payload. */
const VIEWED_FROM_BYTES = 192;
/** From this size on, a view that exists already is used. */
const WORDWISE_FROM_BYTES = 24;
/** Whether the machine is little-endian, as a mask is on the wire. Other machines mask byte by byte. */
const hasLowestFirst = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** Random bytes are cheap only in bulk. */
const pool = new Uint32Array(2 * 1024);
let used = pool.length;

/** The frames of a chunk share one view, which the second of them makes. */
let lastBuffer: ArrayBufferLike | undefined;
let lastWords: Int32Array | undefined;

/** A mask that cannot be predicted (RFC 6455 §10.3). */
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

/** The mask for what follows the first bytes of a payload. */
export function turnMask(mask: number, bytes: number): number {
  const shift = 8 * (bytes & 3);
  return (mask >>> shift) | (mask << -shift);
}

/** Writes the mask at `offset`. */
export function writeMask(target: Uint8Array, offset: number, mask: number): void {
  target[offset] = mask;
  target[offset + 1] = mask >>> 8;
  target[offset + 2] = mask >>> 16;
  target[offset + 3] = mask >>> 24;
}

/**
 * Masks or unmasks a payload in place: `length` bytes at `offset` of an array in `buffer`. First the bytes up to the next
 * word, then words with the mask rotated to fit, then the rest. Without a DataView, which some versions of V8 compile badly.
 */
export function applyMask(
  bytes: Uint8Array,
  offset: number,
  length: number,
  mask: number,
  buffer: ArrayBufferLike = bytes.buffer,
): void {
  const end = offset + length;
  const words = length < WORDWISE_FROM_BYTES ? undefined : wordsOf(buffer, length);
  let i = offset;
  let turned = mask;
  if (words) {
    const start = bytes.byteOffset;
    for (; ((start + i) & 3) !== 0; i++) {
      bytes[i]! ^= turned;
      turned = (turned >>> 8) | (turned << 24);
    }
    const endWord = (start + end) >>> 2;
    maskWords(words, (start + i) >>> 2, endWord, turned);
    i = 4 * endWord - start;
  } else {
    const [second, third, fourth] = [mask >>> 8, mask >>> 16, mask >>> 24];
    for (const foursEnd = end - (length & 3); i < foursEnd; i += 4) {
      bytes[i]! ^= mask;
      bytes[i + 1]! ^= second;
      bytes[i + 2]! ^= third;
      bytes[i + 3]! ^= fourth;
    }
  }
  for (let shift = 0; i < end; i++, shift += 8) bytes[i]! ^= turned >>> shift;
}

/** Eight words per iteration: with one, the speed of the loop differs by a factor of two between versions of V8. */
function maskWords(words: Int32Array, from: number, end: number, mask: number): void {
  let word = from;
  for (const lastRound = end - 8; word <= lastRound; word += 8) {
    words[word]! ^= mask;
    words[word + 1]! ^= mask;
    words[word + 2]! ^= mask;
    words[word + 3]! ^= mask;
    words[word + 4]! ^= mask;
    words[word + 5]! ^= mask;
    words[word + 6]! ^= mask;
    words[word + 7]! ^= mask;
  }
  for (; word < end; word++) words[word]! ^= mask;
}

/** The words of a buffer, if a view of them is worth making. */
function wordsOf(buffer: ArrayBufferLike, length: number): Int32Array | undefined {
  const isKnown = buffer === lastBuffer;
  if (!isKnown) {
    lastBuffer = buffer;
    lastWords = undefined;
  }
  if (hasLowestFirst && (isKnown || length >= VIEWED_FROM_BYTES)) {
    lastWords ??= new Int32Array(buffer, 0, buffer.byteLength >>> 2);
  }
  return lastWords;
}
