import type { ChatStore } from "../../src/index.js";

/** A store of which some calls are another's. */
export function storeWith(store: ChatStore, calls: Partial<ChatStore>): ChatStore {
  return new Proxy(store, {
    get(target, name) {
      const own = calls[name as keyof ChatStore];
      if (own) return own;
      const member = target[name as keyof ChatStore] as unknown;
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}
