// For gateways, forwarders and clients of one's own: what works on bytes of packets, and what they say to each other.

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
} from "./bodies/plain-bodies.js";
export type { LogicPktView } from "./codec/logic-pkt-view.js";
export { marshalResponse } from "./codec/marshal-response.js";
export { peekCommand } from "./codec/read.js";
export { restamp, type Stamp } from "./codec/restamp.js";
export { scan } from "./codec/scan.js";
export { createBasicPkt } from "./packet/basic-pkt.js";
export { serviceOf } from "./packet/commands.js";
export {
  Extension,
  extensionMetaKeys,
  extensionsOf,
  extensionTag,
  KICKED_OUT,
  MAX_CONNECT_ID_LENGTH,
  MAX_DEVICE_LENGTH,
  MAX_IDEMPOTENCY_KEY_LENGTH,
} from "./packet/extensions.js";
export { DEFAULT_MAX_BODY_BYTES, DEFAULT_MAX_HEADER_BYTES } from "./packet/limits.js";
export { MagicBasicPkt, MagicLogicPkt } from "./packet/magic.js";
export { metaKeys } from "./packet/meta.js";
