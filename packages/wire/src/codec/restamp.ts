import { headerError } from "../header/header-error.js";
import { HeaderTag } from "../header/header-tags.js";
import { readMetaKey } from "../header/read-meta.js";
import { writeChannelId, writeMeta } from "../header/write-header.js";
import { checkLimits, type WireLimits } from "../packet/limits.js";
import { createMeta } from "../packet/meta.js";
import { WireError } from "../packet/wire-error.js";
import type { FieldWriter } from "../protobuf/field-writer.js";
import { fieldEnd, tagAt } from "../protobuf/fields.js";
import { readU32, viewOf } from "./bytes.js";
import { isBasic } from "./packet-layout.js";
import { beginLogicPkt, endLogicPkt } from "./packet-writer.js";
import { wholeLength } from "./read.js";

/** What `restamp` changes; all else stays. */
export interface Stamp {
  readonly channelId?: string;
  /** Each as in `withMeta`: put last, in place of every meta of its key, so a sender cannot forge it. */
  readonly meta?: Readonly<Record<string, string | number>>;
}

/**
 * The bytes of the LogicPkt in `bytes` with another channelId, with metas, or both, without decoding the rest. Reading
 * them gives what `marshal(withMeta({ ...read(bytes), channelId }, key, value))` would, and of a packet that is written
 * as we and kim write it they are the same bytes. It does not check the strings that it copies.
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
    throw headerError(cause);
  }
  return endLogicPkt(writer, viewOf(bytes, headerEnd + 4, length), checked);
}

/**
 * Copies the Header in `bytes` from `start` to `end`, in runs as long as possible, and puts the new fields where
 * `writeHeader` would.
 */
function stampHeader(bytes: Uint8Array, start: number, end: number, stamp: Stamp, writer: FieldWriter): void {
  const { channelId, meta } = stamp;
  /** What stands before it is written, or left out. */
  let done = start;
  /** Behind it are only unknown fields. */
  let knownEnd = start;
  let stamped = channelId === undefined;
  for (let at = start; at < end; ) {
    const next = fieldEnd(bytes, at, end);
    const tag = tagAt(bytes, at);
    if (!stamped && tag !== HeaderTag.command) {
      writer.raw(bytes, done, at);
      done = at;
      writeChannelId(writer, channelId as string);
      stamped = true;
    }
    if (isReplaced(tag, bytes, at, next, stamp)) {
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

function isReplaced(tag: number, bytes: Uint8Array, at: number, end: number, { channelId, meta }: Stamp): boolean {
  if (tag === HeaderTag.channelId) return channelId !== undefined;
  return tag === HeaderTag.meta && meta !== undefined && Object.hasOwn(meta, readMetaKey(bytes, at, end));
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
