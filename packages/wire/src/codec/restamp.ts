import { writeChannelId, writeMeta } from "../header/encode-header.js";
import { HeaderTag } from "../header/header-tags.js";
import { explained, metaKeyAt } from "../header/header-values.js";
import { checkLimits, type WireLimits } from "../packet/limits.js";
import { createMeta } from "../packet/meta.js";
import { WireError } from "../packet/wire-error.js";
import type { FieldWriter } from "../protobuf/field-writer.js";
import { oddField, plainFieldEnd } from "../protobuf/plain-field.js";
import { readU32, viewOf } from "./bytes.js";
import { isBasic } from "./packet-layout.js";
import { beginLogicPkt, endLogicPkt } from "./packet-writer.js";
import { wholeLength } from "./read.js";

/** What `restamp` changes; all else stays. */
export interface Stamp {
  readonly channelId?: string;
  /** Each as in `withMeta`: put last, in place of every meta of its key, which a sender so cannot forge. */
  readonly meta?: Readonly<Record<string, string | number>>;
}

/**
 * The bytes of the LogicPkt in `bytes` with another channelId, with metas, or both, without decoding the rest. Reading
 * them gives what `marshal(withMeta({ ...read(bytes), channelId }, key, value))` would, and of a packet that is written
 * as we and kim write it they are the same bytes. Faults in strings that it need not read stay for the receiver to find.
 * The result is owned as that of {@link marshal} is.
 *
 * Throws what {@link read} throws, IM_ERR_WIRE_ARGUMENT for a BasicPkt, IM_ERR_META_INVALID and IM_ERR_PACKET_INVALID
 * for what cannot be written.
 */
export function restamp(bytes: Uint8Array, stamp: Stamp, limits?: WireLimits): Uint8Array {
  const checked = checkLimits(limits);
  const length = wholeLength(bytes, checked);
  if (isBasic(bytes, 0)) {
    throw new WireError("IM_ERR_WIRE_ARGUMENT", "A BasicPkt has no header to stamp: forward it as it is.");
  }
  const headerEnd = 8 + readU32(bytes, 4);
  const writer = beginLogicPkt();
  try {
    stampHeader(bytes, 8, headerEnd, stamp, writer);
  } catch (cause) {
    throw explained(cause);
  }
  return endLogicPkt(writer, viewOf(bytes, headerEnd + 4, length), checked);
}

/** Copies fields in runs as long as possible, and puts the new ones where `writeHeader` would. */
function stampHeader(bytes: Uint8Array, begin: number, end: number, stamp: Stamp, writer: FieldWriter): void {
  const { channelId, meta } = stamp;
  /** What stands before it is written or dropped. */
  let done = begin;
  /** Behind it are only unknown fields. */
  let knownEnd = begin;
  let stamped = channelId === undefined;
  for (let at = begin; at < end; ) {
    let tag = bytes[at]!;
    let valueAt = at + 1;
    let next = plainFieldEnd(bytes, at, end);
    if (next === 0) ({ tag, valueAt, next } = oddField(bytes, at, end));
    if (!stamped && tag !== HeaderTag.command) {
      writer.raw(bytes, done, at);
      done = at;
      writeChannelId(writer, channelId as string);
      stamped = true;
    }
    const replaced =
      tag === HeaderTag.meta
        ? meta !== undefined && Object.hasOwn(meta, metaKeyAt(bytes, valueAt, next))
        : tag === HeaderTag.channelId && channelId !== undefined;
    if (replaced) {
      writer.raw(bytes, done, at);
      done = next;
    }
    if (isKnown(tag)) knownEnd = next;
    at = next;
  }
  writer.raw(bytes, done, knownEnd);
  if (!stamped) writeChannelId(writer, channelId as string);
  if (meta !== undefined) {
    for (const key of Object.keys(meta)) writeMeta(writer, createMeta(key, meta[key] as string | number));
  }
  writer.raw(bytes, knownEnd, end);
}

function isKnown(tag: number): boolean {
  switch (tag) {
    case HeaderTag.command:
    case HeaderTag.channelId:
    case HeaderTag.sequence:
    case HeaderTag.flag:
    case HeaderTag.status:
    case HeaderTag.dest:
    case HeaderTag.meta:
      return true;
    default:
      return false;
  }
}
