export { BasicCode, type BasicPkt, basicPing, basicPong, createBasicPkt } from "./basic-pkt.js";
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
} from "./command-map.js";
export { type Command, commands, serviceOf } from "./commands.js";
export {
  Extension,
  extensionMetaKeys,
  extensionsOf,
  extensionTag,
  KICKED_OUT,
  MAX_CONNECT_ID_LENGTH,
  MAX_DEVICE_LENGTH,
  MAX_IDEMPOTENCY_KEY_LENGTH,
} from "./extensions.js";
export { Flag, type Header, type Meta, MetaType, Status } from "./header.js";
export { jsonCodec } from "./json-codec.js";
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
export type { LogicPktView } from "./logic-pkt-view.js";
export { MagicBasicPkt, MagicLogicPkt } from "./magic.js";
export { marshal } from "./marshal.js";
export { marshalResponse } from "./marshal-response.js";
export { getMetaFloat, getMetaInt, getMetaString, metaKeys, withMeta, withoutMeta } from "./meta.js";
export type { Packet } from "./packet.js";
export { PacketReader, readPackets } from "./packet-reader.js";
export {
  decodeErrorResp,
  decodeKickoutNotify,
  decodeLoginReq,
  decodeLoginResp,
  type ErrorResp,
  encodeErrorResp,
  encodeKickoutNotify,
  encodeLoginReq,
  encodeLoginResp,
  type KickoutNotify,
  type LoginReq,
  type LoginResp,
} from "./plain-bodies.js";
export { peekCommand, read } from "./read.js";
export { restamp, type Stamp } from "./restamp.js";
export { scan } from "./scan.js";
export { Sequence } from "./sequence.js";
export { WireError, type WireErrorCode, wireErrorCodes } from "./wire-error.js";
