import { viewOf, writeU32 } from "./bytes.js";
import { FieldWriter } from "./header/field-writer.js";
import { type CheckedLimits, checkHeaderLength } from "./limits.js";
import { LOGIC_MAGIC } from "./magic.js";

/** Packets up to this size share a slab: an array of one's own costs more than all the rest of the writing. */
export const POOLED_BYTES = 2048;
const SLAB_BYTES = 16_384;
/** Magic and header length. */
const PREFIX_BYTES = 8;

/** Stands in the slab behind the packets that were handed out; undefined while a packet is being written. */
let idle: FieldWriter | undefined;

/**
 * The writer of the header of one LogicPkt; {@link endLogicPkt} follows. It is nobody else's until then, even if reading
 * the members of a packet (a getter may do anything) writes another packet meanwhile. After an error it is dropped.
 */
export function beginLogicPkt(): FieldWriter {
  // A slab without bytes was transferred away by who had a packet in it.
  const writer = idle?.bytes.length === SLAB_BYTES ? idle : new FieldWriter(new Uint8Array(SLAB_BYTES), 0);
  idle = undefined;
  writer.at = writer.start + PREFIX_BYTES;
  return writer;
}

/**
 * Joins a body to the header that was written. The result is a view of the slab that no other packet touches, or above
 * {@link POOLED_BYTES} an array of its own. Throws IM_ERR_HEADER_TOO_LARGE.
 */
export function endLogicPkt(writer: FieldWriter, body: Uint8Array, limits: CheckedLimits): Uint8Array {
  const { bytes, start, at } = writer;
  const headerLength = at - start - PREFIX_BYTES;
  checkHeaderLength(headerLength, limits);
  const length = at - start + 4 + body.length;
  const pooled = length <= POOLED_BYTES && start + length <= bytes.length;
  const out = pooled ? viewOf(bytes, start, start + length) : new Uint8Array(length);
  if (!pooled) out.set(bytes.subarray(start, at));
  writeU32(LOGIC_MAGIC, out, 0);
  writeU32(headerLength, out, 4);
  writeU32(body.length, out, PREFIX_BYTES + headerLength);
  out.set(body, PREFIX_BYTES + headerLength + 4);
  if (pooled) writer.start += length;
  // A slab that might not hold the next packet is left to those that it holds; so is one that a long header outgrew.
  if (bytes.length === SLAB_BYTES && SLAB_BYTES - writer.start >= POOLED_BYTES) idle = writer;
  return out;
}
