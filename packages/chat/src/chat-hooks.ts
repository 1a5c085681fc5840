import type { StoredMessage } from "./ports/message-log.js";

/** Callbacks of the chat. What one throws, or rejects with, is reported to `onError` and has no other effect. */
export interface ChatHooks {
  /** A message is stored, and its sender is about to be answered. */
  stored?(message: StoredMessage): unknown;
  /** A message was not pushed to an account, since it has no session: the place for a mobile push. */
  offline?(account: string, message: StoredMessage): unknown;
}

export const hookNames = ["stored", "offline"] as const satisfies readonly (keyof ChatHooks)[];
