import type { IndexEntry, StoredMessage } from "./ports/message-log.js";

/** The line of a message in the index of an account that may see it. */
export function indexEntryOf(account: string, { messageId, sendTime, sender, to }: StoredMessage): IndexEntry {
  const isSent = sender === account;
  if ("group" in to) return { messageId, sendTime, isSent, peer: sender, group: to.group };
  return { messageId, sendTime, isSent, peer: isSent ? to.account : sender, group: "" };
}
