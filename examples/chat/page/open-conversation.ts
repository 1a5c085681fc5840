import { type ConversationKey, inGroup, withAccount } from "../shared/conversation-key.js";

// The address names the open conversation: the browser's back button leads to the list, a reload opens the same conversation,
// and a link to a group invites.

export function openConversation(): ConversationKey | undefined {
  const [kind, ...name] = fragment().split(":");
  if (kind === "account") return withAccount(name.join(":"));
  return kind === "group" ? inGroup(name.join(":")) : undefined;
}

/** The browser then emits `hashchange`. */
export function setOpenConversation(key: ConversationKey | undefined): void {
  location.hash = key === undefined ? "" : encodeURIComponent(key);
}

/** A link for other people: it does not say which account opens it. */
export function linkTo(key: ConversationKey): string {
  return new URL(`/#${encodeURIComponent(key)}`, location.origin).href;
}

function fragment(): string {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return ""; // a stray "%"
  }
}
