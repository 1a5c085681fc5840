import { FieldWriter } from "./field-writer.js";

/** Results up to this size share a slab: an array for each costs more than all the rest of the writing. */
export const POOLED_BYTES = 2048;
const SLAB_BYTES = 16_384;

/** The writer of the current slab, positioned after the last result; undefined while it is in use. */
let idle: FieldWriter | undefined;

/**
 * A writer of one result; {@link handOut} follows. Until then no other call gets the same writer, even if a getter of the
 * value that is written marshals something else. After an error, drop the writer.
 */
export function takeWriter(): FieldWriter {
  // The slab has no bytes if the owner of a result has transferred its buffer.
  const writer = idle?.bytes.length === SLAB_BYTES ? idle : new FieldWriter(SLAB_BYTES);
  idle = undefined;
  return writer;
}

/**
 * What was written, as the first of `length` bytes that the caller may go on to fill: a view of the slab that no other
 * result touches, or above {@link POOLED_BYTES} an array of its own.
 */
export function handOut(writer: FieldWriter, length: number): Uint8Array {
  const { bytes, buffer, start } = writer;
  const pooled = length <= POOLED_BYTES && start + length <= bytes.length;
  const out = pooled ? new Uint8Array(buffer, start, length) : new Uint8Array(length);
  if (pooled) writer.start = start + length;
  else out.set(bytes.subarray(start, writer.at));
  writer.at = writer.start;
  // A slab is given up when it might not hold the next result, or when a long header has outgrown it.
  if (bytes.length === SLAB_BYTES && SLAB_BYTES - writer.start >= POOLED_BYTES) idle = writer;
  return out;
}
