import type { DescMessage } from "@bufbuild/protobuf";
import {
  GroupCreateNotifySchema,
  GroupCreateReqSchema,
  GroupCreateRespSchema,
  GroupGetReqSchema,
  GroupGetRespSchema,
  GroupJoinReqSchema,
  GroupQuitReqSchema,
} from "../gen/im/wire/v1/group_pb.js";
import { KickoutNotifySchema, LoginReqSchema, LoginRespSchema } from "../gen/im/wire/v1/login_pb.js";
import {
  MessageAckReqSchema,
  MessagePushSchema,
  MessageReqSchema,
  MessageRespSchema,
} from "../gen/im/wire/v1/message_pb.js";
import {
  MessageContentReqSchema,
  MessageContentRespSchema,
  MessageIndexReqSchema,
  MessageIndexRespSchema,
} from "../gen/im/wire/v1/offline_pb.js";
import { type Command, commands } from "../packet/commands.js";

/** What the bodies of one command are; undefined means empty, or that kim sends no such packet. */
export interface CommandBodies {
  readonly request: DescMessage | undefined;
  /** Of a response with status Success. Any other status has an ErrorResp. */
  readonly response: DescMessage | undefined;
  readonly push: DescMessage | undefined;
  /** A request needs a `dest`. Default false. */
  readonly needsDest?: boolean;
}

const talk = {
  request: MessageReqSchema,
  response: MessageRespSchema,
  push: MessagePushSchema,
  needsDest: true,
} as const;
const none = { request: undefined, response: undefined, push: undefined } as const;

/** Which message is the body of which command's request, response and push, as kim has it. */
export const commandBodies = {
  [commands.loginSignIn]: { request: LoginReqSchema, response: LoginRespSchema, push: KickoutNotifySchema },
  [commands.loginSignOut]: none,
  [commands.chatUserTalk]: talk,
  [commands.chatGroupTalk]: talk,
  [commands.chatTalkAck]: { ...none, request: MessageAckReqSchema },
  [commands.offlineIndex]: { ...none, request: MessageIndexReqSchema, response: MessageIndexRespSchema },
  [commands.offlineContent]: { ...none, request: MessageContentReqSchema, response: MessageContentRespSchema },
  [commands.groupCreate]: {
    request: GroupCreateReqSchema,
    response: GroupCreateRespSchema,
    push: GroupCreateNotifySchema,
  },
  [commands.groupJoin]: { ...none, request: GroupJoinReqSchema },
  [commands.groupQuit]: { ...none, request: GroupQuitReqSchema },
  [commands.groupMembers]: none,
  [commands.groupDetail]: { ...none, request: GroupGetReqSchema, response: GroupGetRespSchema },
} as const satisfies Record<Command, CommandBodies>;
