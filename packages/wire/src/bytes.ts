/** Stands for every absent body. Nothing can be written to it. */
export const EMPTY_BYTES: Uint8Array = /* @__PURE__ */ new Uint8Array(0);

/** A view, never a copy, and a plain Uint8Array even of a Buffer. */
export function viewOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start);
}

/** Up to this many bytes a loop beats `set` and the view that it needs (measured on V8). */
const SHORT_RUN = 48;

/** Copies `source` from `start` to `end` into `out` at `at`, where there is room. */
export function copyRun(source: Uint8Array, start: number, end: number, out: Uint8Array, at: number): void {
  if (end - start > SHORT_RUN) out.set(source.subarray(start, end), at);
  else for (let i = start; i < end; i++) out[at + i - start] = source[i]!;
}

/** Reads a u16 in network byte order; the caller has checked the bounds. */
export function readU16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

/** Reads a u32 in network byte order; the caller has checked the bounds. */
export function readU32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

/** Writes a u16 in network byte order and returns the position after it. */
export function writeU16(value: number, out: Uint8Array, at: number): number {
  out[at] = value >>> 8;
  out[at + 1] = value;
  return at + 2;
}

/** Writes a u32 in network byte order and returns the position after it. */
export function writeU32(value: number, out: Uint8Array, at: number): number {
  out[at] = value >>> 24;
  out[at + 1] = value >>> 16;
  out[at + 2] = value >>> 8;
  out[at + 3] = value;
  return at + 4;
}
