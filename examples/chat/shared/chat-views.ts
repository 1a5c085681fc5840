import type { Message } from "./chat-event.js";
import type { ChatState, Conversation, Outgoing } from "./chat-state.js";
import { isGroup, partsOf } from "./conversation-key.js";

/** How far a message of this account has come. */
export type Tick = "waiting" | "sent" | "refused" | "stored" | "received" | "read";

export function tickOfOutgoing({ isSent, refusal }: Outgoing, { connection }: Pick<ChatState, "connection">): Tick {
  if (refusal !== undefined) return "refused";
  return isSent && connection.state === "online" ? "sent" : "waiting";
}

/** In groups there are no receipts: the tick stays at `stored`. */
export function tickOf({ receivedId, readByPeerId }: Conversation, { messageId }: Message): Tick {
  if (messageId <= readByPeerId) return "read";
  return messageId <= receivedId ? "received" : "stored";
}

/** Counts loaded messages only. */
export function unreadCount({ messages, readId, hasMarks }: Conversation, me: string): number {
  if (!hasMarks) return 0;
  return messages.filter(({ messageId, sender }) => messageId > readId && sender !== me).length;
}

/** Whether messages before the loaded ones can be unread. */
export function hasEarlierUnread({ messages, readId, hasBeginning }: Conversation): boolean {
  return !hasBeginning && messages[0] !== undefined && messages[0].messageId > readId;
}

export function newestMessage({ messages }: Conversation): Message | undefined {
  return messages.at(-1);
}

/** Conversations with people, or in groups: those with the newest messages first, then by name. */
export function listed(state: ChatState, which: "people" | "groups"): readonly Conversation[] {
  const newestId = (conversation: Conversation) => newestMessage(conversation)?.messageId ?? 0n;
  return [...state.conversations.values()]
    .filter(({ key }) => isGroup(key) === (which === "groups"))
    .sort((a, b) => {
      const [idA, idB] = [newestId(a), newestId(b)];
      return idA === idB ? a.title.localeCompare(b.title) : idA > idB ? -1 : 1;
    });
}

/** All accounts whose presence is shown. */
export function knownAccounts(state: ChatState): readonly string[] {
  const accounts = new Set<string>();
  for (const { key, members } of state.conversations.values()) {
    if (!isGroup(key)) accounts.add(partsOf(key).account);
    for (const member of members) accounts.add(member);
  }
  return [...accounts].sort();
}
