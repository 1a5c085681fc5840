import { MemoryChatStore } from "@im/chat";
import { openLevelChatStore } from "@im/chat-level";

/** What a gateway that is alone has: a store in a folder or in memory. Its ports are those in memory. */
export async function standAlone({ memory, data }) {
  const store = memory ? new MemoryChatStore() : await openLevelChatStore({ folder: `${data}/messages` });
  const people = new Set();
  return {
    store,
    ports: {},
    people: { add: async (account) => void people.add(account), all: async () => [...people] },
    isFirst: async () => true,
    close: () => store.close?.(),
  };
}
