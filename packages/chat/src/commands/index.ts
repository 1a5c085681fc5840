export { type ChatCommandMap, chatCommandMap } from "./chat-command-map.js";
export { CHAT_EXTENSION, chatCommands } from "./chat-commands.js";
