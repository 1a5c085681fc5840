import { FieldWriter } from "./field-writer.js";

/** Results up to this size share a slab: an array of one's own costs more than all the rest of the writing. */
export const POOLED_BYTES = 2048;
const SLAB_BYTES = 16_384;

/** Stands in the slab behind what was handed out; undefined while somebody writes. */
let idle: FieldWriter | undefined;

/**
 * A writer of one result; {@link handOut} follows. It is nobody else's until then, even if reading the members of what is
 * written (a getter may do anything) writes something else meanwhile. After an error it is dropped.
 */
export function takeWriter(): FieldWriter {
  // A slab without bytes was transferred away by who had a result in it.
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
  // A slab that might not hold the next result is left to those that it holds; so is one that a long header outgrew.
  if (bytes.length === SLAB_BYTES && SLAB_BYTES - writer.start >= POOLED_BYTES) idle = writer;
  return out;
}
