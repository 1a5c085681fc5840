import { type ChatCommandMap, chatCommandMap } from "../commands/chat-command-map.js";
import type { StoredMessage } from "../ports/message-log.js";

type TalkCommand = "chat.user.talk" | "chat.group.talk";

/** A message as it is pushed. Of a group's message clients read the group from dest. */
export function messagePush(message: StoredMessage): {
  readonly command: TalkCommand & keyof ChatCommandMap;
  readonly body: Uint8Array;
  readonly dest: string;
} {
  const { messageId, type, body: text, extra, sender, sendTime, to } = message;
  const [command, dest]: [TalkCommand, string] =
    "group" in to ? ["chat.group.talk", to.group] : ["chat.user.talk", to.account];
  const body = chatCommandMap[command].push.encode({ messageId, type, body: text, extra, sender, sendTime });
  return { command, body, dest };
}
