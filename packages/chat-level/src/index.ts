export type { ExportedRecord } from "@im/chat";
export { type LevelChatStore, openLevelChatStore } from "./level-chat-store.js";
export { type LevelChatStoreOptions, levelStoreDefaults } from "./level-options.js";
