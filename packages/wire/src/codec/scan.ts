import type { BasicPkt } from "../packet/basic-pkt.js";
import { checkLimits, type WireLimits } from "../packet/limits.js";
import { viewOf } from "./bytes.js";
import { LazyLogicPkt, type LogicPktView } from "./logic-pkt-view.js";
import { decodeBasic, isBasic } from "./packet-layout.js";
import { wholeLength } from "./read.js";

/**
 * Reads one packet like {@link read}, for who needs little of it: of a LogicPkt the magic, the lengths and the fields
 * of the header are checked at once and its numbers read; what is in strings and metas is looked at when they are first
 * asked for. So it finds fewer faults than `read`. The view keeps `bytes`, which must not change.
 *
 * Throws what {@link read} throws.
 */
export function scan(bytes: Uint8Array, limits?: WireLimits): LogicPktView | BasicPkt {
  const length = wholeLength(bytes, checkLimits(limits));
  if (isBasic(bytes, 0)) return decodeBasic(bytes, 0, length);
  return new LazyLogicPkt(length === bytes.length ? bytes : viewOf(bytes, 0, length));
}
