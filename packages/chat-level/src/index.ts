export type { ExportedRecord } from "./export.js";
export { type LevelChatStore, openLevelChatStore } from "./level-chat-store.js";
export { type LevelChatStoreOptions, levelStoreDefaults } from "./level-options.js";
