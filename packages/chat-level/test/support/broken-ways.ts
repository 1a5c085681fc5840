import type { ChatStore, IndexEntry } from "@im/chat";
import { nextMessageId } from "@im/chat/authoring";

/** Readers see messages that are still on their way to the disk. */
export function visibleBeforeCommit(store: ChatStore, nowMs: () => number): Partial<ChatStore> {
  const pending = new Set<IndexEntry>();
  let lastId = 0n;
  return {
    async add(message, key) {
      lastId = nextMessageId(lastId, nowMs());
      const entry = { messageId: lastId, sendTime: 0n, isSent: false, peer: message.sender, group: "" };
      pending.add(entry);
      const added = await store.add(message, key);
      pending.delete(entry);
      return added;
    },
    index: (account, { afterId, limit }) =>
      pending.size > 0
        ? [...pending].filter(({ messageId }) => messageId > afterId).slice(0, limit)
        : store.index(account, { afterId, limit }),
  };
}
