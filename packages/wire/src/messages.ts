export { type CommandBodies, commandBodies } from "./bodies/command-bodies.js";
export { decodeBody, encodeBody } from "./bodies/generated-body.js";
export { type CommandCodecs, commandMap, defineCommands, messageCodec } from "./bodies/generated-codec.js";
export { MessageType } from "./bodies/message-type.js";
export { type ErrorResp, ErrorRespSchema } from "./gen/im/wire/v1/error_pb.js";
export {
  type GroupCreateNotify,
  GroupCreateNotifySchema,
  type GroupCreateReq,
  GroupCreateReqSchema,
  type GroupCreateResp,
  GroupCreateRespSchema,
  type GroupGetReq,
  GroupGetReqSchema,
  type GroupGetResp,
  GroupGetRespSchema,
  type GroupJoinNotify,
  GroupJoinNotifySchema,
  type GroupJoinReq,
  GroupJoinReqSchema,
  type GroupQuitNotify,
  GroupQuitNotifySchema,
  type GroupQuitReq,
  GroupQuitReqSchema,
  type Member,
  MemberSchema,
} from "./gen/im/wire/v1/group_pb.js";
export { HeaderSchema, MetaSchema } from "./gen/im/wire/v1/header_pb.js";
export {
  type InnerHandshakeReq,
  InnerHandshakeReqSchema,
  type InnerHandshakeResponse,
  InnerHandshakeResponseSchema,
} from "./gen/im/wire/v1/inner_pb.js";
export {
  type KickoutNotify,
  KickoutNotifySchema,
  type LoginReq,
  LoginReqSchema,
  type LoginResp,
  LoginRespSchema,
} from "./gen/im/wire/v1/login_pb.js";
export {
  type MessageAckReq,
  MessageAckReqSchema,
  type MessagePush,
  MessagePushSchema,
  type MessageReq,
  MessageReqSchema,
  type MessageResp,
  MessageRespSchema,
} from "./gen/im/wire/v1/message_pb.js";
export {
  type MessageContent,
  type MessageContentReq,
  MessageContentReqSchema,
  type MessageContentResp,
  MessageContentRespSchema,
  MessageContentSchema,
  type MessageIndex,
  type MessageIndexReq,
  MessageIndexReqSchema,
  type MessageIndexResp,
  MessageIndexRespSchema,
  MessageIndexSchema,
} from "./gen/im/wire/v1/offline_pb.js";
export { type Session, SessionSchema } from "./gen/im/wire/v1/session_pb.js";
