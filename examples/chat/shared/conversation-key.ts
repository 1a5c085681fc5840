/** Names a conversation: with an account, or in a group. */
export type ConversationKey = `account:${string}` | `group:${string}`;

/** A conversation as the chat's commands name it: one of the two is empty. */
export interface ConversationParts {
  readonly account: string;
  readonly groupId: string;
}

export function withAccount(account: string): ConversationKey {
  return `account:${account}`;
}

export function inGroup(groupId: string): ConversationKey {
  return `group:${groupId}`;
}

export function keyOf({ account, groupId }: ConversationParts): ConversationKey {
  return groupId === "" ? withAccount(account) : inGroup(groupId);
}

export function partsOf(key: ConversationKey): ConversationParts {
  const name = key.slice(key.indexOf(":") + 1);
  return isGroup(key) ? { account: "", groupId: name } : { account: name, groupId: "" };
}

export function isGroup(key: ConversationKey): boolean {
  return key.startsWith("group:");
}
