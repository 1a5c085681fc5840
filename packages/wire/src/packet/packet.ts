import type { BasicPkt } from "./basic-pkt.js";
import type { LogicPkt } from "./logic-pkt.js";

/** Everything that travels; `kind` tells which. */
export type Packet = LogicPkt | BasicPkt;
