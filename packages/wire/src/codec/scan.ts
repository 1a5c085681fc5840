import type { BasicPkt } from "../packet/basic-pkt.js";
import { checkLimits, type WireLimits } from "../packet/limits.js";
import { viewOf } from "./bytes.js";
import { LazyLogicPkt, type LogicPktView } from "./logic-pkt-view.js";
import { decodeBasic, isBasic } from "./packet-layout.js";
import { wholeLength } from "./read.js";

/**
 * Reads one packet like {@link read}, for code that needs little of it. Of a LogicPkt it checks the magic, the lengths and
 * the structure of the header, and reads its numbers; it reads strings and metas when you ask for them. So it finds fewer
 * faults than `read`. The view keeps `bytes`, which must not change.
 *
 * Throws what {@link read} throws.
 */
export function scan(bytes: Uint8Array, limits?: WireLimits): LogicPktView | BasicPkt {
  const length = wholeLength(bytes, checkLimits(limits));
  if (isBasic(bytes, 0)) return decodeBasic(bytes, 0, length);
  return new LazyLogicPkt(length === bytes.length ? bytes : viewOf(bytes, 0, length));
}
