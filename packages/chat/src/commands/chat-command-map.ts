import { compactCodec, compactCommandMap } from "@im/wire/compact";
import { chatCommands } from "./chat-commands.js";

// proto3: the first field of a message has number 1, and so on. Exactly one of account and groupId names a conversation.

const conversation = { account: "string", groupId: "string" } as const;
const message = {
  messageId: "int64",
  type: "int32",
  body: "string",
  extra: "string",
  sender: "string",
  sendTime: "int64",
} as const;
const readMark = /* @__PURE__ */ compactCodec("ReadMark", { ...conversation, messageId: "int64" });
const presence = /* @__PURE__ */ compactCodec("Presence", { states: [{ account: "string", isOnline: "int32" }] });

/** kim's commands and the chat's own, for clients and gateways. Of the conversations of a request, one is empty. */
export const chatCommandMap = {
  ...compactCommandMap,
  [chatCommands.history]: {
    /** `beforeId` 0 for the newest. */
    request: /* @__PURE__ */ compactCodec("HistoryReq", { ...conversation, beforeId: "int64", limit: "int32" }),
    /** Newest first; empty at the beginning of the conversation. */
    response: /* @__PURE__ */ compactCodec("HistoryResp", { messages: [message] }),
  },
  [chatCommands.marks]: {
    request: /* @__PURE__ */ compactCodec("MarksReq", conversation),
    /** Ids of this conversation, 0 for none. `receivedId` and `readByPeerId` are 0 for a group. */
    response: /* @__PURE__ */ compactCodec("MarksResp", {
      readId: "int64",
      receivedId: "int64",
      readByPeerId: "int64",
    }),
  },
  [chatCommands.read]: { request: readMark, push: readMark },
  [chatCommands.receipt]: {
    /** What `account` has done; 0 for what it has not said. */
    push: /* @__PURE__ */ compactCodec("Receipt", { account: "string", receivedId: "int64", readId: "int64" }),
  },
  [chatCommands.groups]: {
    /** `after`: the last group of the page before. */
    request: /* @__PURE__ */ compactCodec("GroupsReq", { after: "string", limit: "int32" }),
    response: /* @__PURE__ */ compactCodec("GroupsResp", {
      groups: [{ groupId: "string", name: "string", avatar: "string", owner: "string", joinTime: "int64" }],
    }),
  },
  [chatCommands.members]: {
    /** `after`: the last member of the page before. */
    request: /* @__PURE__ */ compactCodec("MembersReq", { groupId: "string", after: "string", limit: "int32" }),
    response: /* @__PURE__ */ compactCodec("MembersResp", { members: [{ account: "string", joinTime: "int64" }] }),
  },
  [chatCommands.presence]: {
    /** `watch` 1: changes of these accounts are pushed from now on, in place of those named before. */
    request: /* @__PURE__ */ compactCodec("PresenceReq", { accounts: "strings", watch: "int32" }),
    response: presence,
    push: presence,
  },
} as const;

export type ChatCommandMap = typeof chatCommandMap;
