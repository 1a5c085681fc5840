import { compactCodec } from "./compact-codec.js";
import { kickoutNotify, loginReq, loginResp } from "./plain-bodies.js";

// The messages of kim, as proto/ has them. A test compares the two.

const groupId = { groupId: "string" } as const;
const messageId = { messageId: "int64" } as const;
const message = { type: "int32", body: "string", extra: "string" } as const;
const accountAndGroup = { account: "string", groupId: "string" } as const;
const texts = { name: "string", avatar: "string", introduction: "string", owner: "string" } as const;
const member = { account: "string", alias: "string", avatar: "string", joinTime: "int64" } as const;
const index = {
  messageId: "int64",
  direction: "int32",
  sendTime: "int64",
  accountB: "string",
  group: "string",
} as const;

const talk = {
  request: /* @__PURE__ */ compactCodec("MessageReq", message),
  response: /* @__PURE__ */ compactCodec("MessageResp", { messageId: "int64", sendTime: "int64" }),
  push: /* @__PURE__ */ compactCodec("MessagePush", {
    ...messageId,
    ...message,
    sender: "string",
    sendTime: "int64",
  }),
  needsDest: true,
};

/** As `commandMap` of `@im/wire/messages`, with small codecs of our own: for browsers. */
export const compactCommandMap = {
  "login.signin": { request: loginReq, response: loginResp, push: kickoutNotify },
  "login.signout": {},
  "chat.user.talk": talk,
  "chat.group.talk": talk,
  "chat.talk.ack": { request: /* @__PURE__ */ compactCodec("MessageAckReq", messageId) },
  "chat.offline.index": {
    request: /* @__PURE__ */ compactCodec("MessageIndexReq", messageId),
    response: /* @__PURE__ */ compactCodec("MessageIndexResp", { indexes: [index] }),
  },
  "chat.offline.content": {
    request: /* @__PURE__ */ compactCodec("MessageContentReq", { messageIds: "int64s" }),
    response: /* @__PURE__ */ compactCodec("MessageContentResp", { contents: [{ ...messageId, ...message }] }),
  },
  "chat.group.create": {
    request: /* @__PURE__ */ compactCodec("GroupCreateReq", { ...texts, members: "strings" }),
    response: /* @__PURE__ */ compactCodec("GroupCreateResp", groupId),
    push: /* @__PURE__ */ compactCodec("GroupCreateNotify", { ...groupId, members: "strings" }),
  },
  "chat.group.join": { request: /* @__PURE__ */ compactCodec("GroupJoinReq", accountAndGroup) },
  "chat.group.quit": { request: /* @__PURE__ */ compactCodec("GroupQuitReq", accountAndGroup) },
  "chat.group.members": {},
  "chat.group.detail": {
    request: /* @__PURE__ */ compactCodec("GroupGetReq", groupId),
    response: /* @__PURE__ */ compactCodec("GroupGetResp", {
      id: "string",
      ...texts,
      members: [member],
      createdAt: "int64",
    }),
  },
};
