import type { Case } from "@im/gateway/contract-suites";
import type { ChatStore } from "../ports/chat-store.js";
import type { AddedMessage, Conversation, IndexEntry, NewMessage } from "../ports/message-log.js";

export type StoreCase = Case<ChatStore>;

/** The largest id that may ever be given. */
export const MAX_ID = (1n << 63n) - 1n;

export const to = (account: string): Conversation => ({ account });
export const inGroup = (group: string): Conversation => ({ group });
export const info = (owner: string, name = "a group") => ({ name, avatar: "", introduction: "", owner });

export function message(sender: string, conversation: Conversation, body = "hello"): NewMessage {
  return { sender, to: conversation, type: 1, body, extra: "" };
}

/** Adds a message, which must be taken. */
export async function said(
  store: ChatStore,
  sender: string,
  conversation: Conversation,
  body?: string,
  key?: string,
): Promise<AddedMessage> {
  const added = await store.add(message(sender, conversation, body), key);
  if (typeof added === "string") throw new Error(`the message of ${sender} was refused: ${added}`);
  return added;
}

/** The whole index of an account, in pages. */
export async function wholeIndex(store: ChatStore, account: string, afterId = 0n, limit = 7): Promise<IndexEntry[]> {
  const all: IndexEntry[] = [];
  for (;;) {
    const page = await store.index(account, { afterId: all.at(-1)?.messageId ?? afterId, limit });
    if (page.length > limit) throw new Error(`a page of at most ${limit} has ${page.length} entries`);
    all.push(...page);
    if (page.length < limit) return all;
  }
}

/** Up to where an acknowledgement goes: the newest id that is visible. */
export async function newestIdOf(store: ChatStore): Promise<bigint> {
  return (await store.acknowledge("somebody", "a device", MAX_ID)).to;
}

export const idsOf = (entries: readonly { readonly messageId: bigint }[]) => entries.map(({ messageId }) => messageId);

/** The ids of an account's whole index. */
export async function indexOf(store: ChatStore, account: string, afterId?: bigint): Promise<bigint[]> {
  return idsOf(await wholeIndex(store, account, afterId));
}
