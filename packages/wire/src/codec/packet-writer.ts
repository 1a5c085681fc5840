import { type CheckedLimits, checkHeaderLength } from "../packet/limits.js";
import { LOGIC_MAGIC } from "../packet/magic.js";
import type { FieldWriter } from "../protobuf/field-writer.js";
import { handOut, takeWriter } from "../protobuf/slab.js";
import { writeU32 } from "./bytes.js";

/** Magic and header length. */
const PREFIX_BYTES = 8;

/** The writer of the header of one LogicPkt; {@link endLogicPkt} follows. */
export function beginLogicPkt(): FieldWriter {
  const writer = takeWriter();
  writer.at = writer.start + PREFIX_BYTES;
  return writer;
}

/** Joins a body to the header that was written. Throws IM_ERR_HEADER_TOO_LARGE. */
export function endLogicPkt(writer: FieldWriter, body: Uint8Array, limits: CheckedLimits): Uint8Array {
  const headerEnd = writer.at - writer.start;
  checkHeaderLength(headerEnd - PREFIX_BYTES, limits);
  const out = handOut(writer, headerEnd + 4 + body.length);
  writeU32(LOGIC_MAGIC, out, 0);
  writeU32(headerEnd - PREFIX_BYTES, out, 4);
  out.set(body, writeU32(body.length, out, headerEnd));
  return out;
}
