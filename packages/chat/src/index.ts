export { ChatError, type ChatErrorCode, chatErrorCodes } from "./chat-error.js";
export type { ChatContext, ChatGateway } from "./chat-gateway.js";
export type { ChatHooks } from "./chat-hooks.js";
export { type ChatOptions, chatDefaults } from "./chat-options.js";
export type { ChatRules, Refused } from "./chat-rules.js";
export { type Chat, createChat } from "./create-chat.js";
export type { ExportedRecord } from "./exported-record.js";
export { MemoryChatStore, type MemoryChatStoreOptions } from "./memory/memory-chat-store.js";
export type { ChatStore } from "./ports/chat-store.js";
export type { Group, GroupInfo, GroupMember, Groups, Membership, TextPage } from "./ports/groups.js";
export type {
  AddedMessage,
  Conversation,
  GroupRefusal,
  IndexEntry,
  MessageLog,
  NewMessage,
  StoredMessage,
} from "./ports/message-log.js";
export type { Moved, Position, Positions } from "./ports/positions.js";
