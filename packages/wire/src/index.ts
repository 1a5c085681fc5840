export type {
  AnyBodyCodec,
  BodyCodec,
  CommandDefinition,
  CommandMap,
  CommandOf,
  PushInitOf,
  PushOf,
  RequestInitOf,
  RequestOf,
  ResponseInitOf,
  ResponseOf,
} from "./bodies/command-map.js";
export { jsonCodec } from "./bodies/json-codec.js";
export { marshal } from "./codec/marshal.js";
export { PacketReader, readPackets } from "./codec/packet-reader.js";
export { read } from "./codec/read.js";
export { BasicCode, type BasicPkt, basicPing, basicPong } from "./packet/basic-pkt.js";
export { type Command, commands } from "./packet/commands.js";
export { Flag, type Header, type Meta, MetaType, Status } from "./packet/header.js";
export type { WireLimits } from "./packet/limits.js";
export {
  createLogicPkt,
  createPush,
  createRequest,
  createResponse,
  type LogicPkt,
  type LogicPktInit,
  type ResponseInit,
} from "./packet/logic-pkt.js";
export { getMetaFloat, getMetaInt, getMetaString, withMeta, withoutMeta } from "./packet/meta.js";
export type { Packet } from "./packet/packet.js";
export { Sequence } from "./packet/sequence.js";
export { WireError, type WireErrorCode, wireErrorCodes } from "./packet/wire-error.js";
