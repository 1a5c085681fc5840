export { BasicCode, type BasicPkt, basicPing, basicPong, createBasicPkt } from "./basic-pkt.js";
export { type Command, commands, serviceOf } from "./commands.js";
export { Flag, type Header, type Meta, MetaType, Status } from "./header.js";
export { DEFAULT_MAX_BODY_BYTES, DEFAULT_MAX_HEADER_BYTES, type WireLimits } from "./limits.js";
export {
  createLogicPkt,
  createPush,
  createRequest,
  createResponse,
  type LogicPkt,
  type LogicPktInit,
  type ResponseInit,
} from "./logic-pkt.js";
export { MagicBasicPkt, MagicLogicPkt } from "./magic.js";
export { marshal } from "./marshal.js";
export { getMetaFloat, getMetaInt, getMetaString, metaKeys, withMeta, withoutMeta } from "./meta.js";
export type { Packet } from "./packet.js";
export { PacketReader, readPackets } from "./packet-reader.js";
export { peekCommand, read } from "./read.js";
export { Sequence } from "./sequence.js";
export { WireError, type WireErrorCode, wireErrorCodes } from "./wire-error.js";
