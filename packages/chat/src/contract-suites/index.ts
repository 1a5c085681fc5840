export { type ChatStoreFixture, describeChatStore, describeDurableChatStore } from "./chat-store-suite.js";
