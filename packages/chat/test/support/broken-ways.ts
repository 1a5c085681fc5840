import { randomOf, someTurns } from "../../../gateway/test/support/shuffled-directory.js";
import type { ChatStore, MemoryChatStore } from "../../src/index.js";

/** Ids are given at once, and messages become visible later, in any order. */
export function commitsInAnyOrder(store: MemoryChatStore): Partial<ChatStore> {
  const random = randomOf(1);
  const hidden = new Set<bigint>();
  return {
    async add(message, key) {
      const added = store.add(message, key);
      if (typeof added === "string") return added;
      hidden.add(added.messageId);
      await someTurns(random);
      hidden.delete(added.messageId);
      return added;
    },
    index: (account, page) =>
      store
        .index(account, { ...page, limit: 1_000_000 })
        .filter(({ messageId }) => !hidden.has(messageId))
        .slice(0, page.limit),
  };
}

/** An acknowledgement of one device is one of all. */
export function movesAllDevices(store: ChatStore): Partial<ChatStore> {
  return {
    acknowledge: (account, _, id) => store.acknowledge(account, "any", id),
    position: (account) => store.position(account, "any"),
  };
}
