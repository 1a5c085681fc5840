import type { ConversationKey } from "../../shared/conversation-key.js";

/** What the user can do. */
export interface Actions {
  openConversation(key: ConversationKey): void;
  closeConversation(): void;
  send(text: string): void;
  sendAgain(sendId: string, text: string): void;
  discard(sendId: string): void;
  loadEarlier(): void;
  /** The newest message is in sight. */
  reachedNewest(): void;
  createGroup(name: string, members: readonly string[]): Promise<void>;
  joinGroup(key: ConversationKey, name: string): Promise<void>;
  leaveGroup(key: ConversationKey): Promise<void>;
  talkTo(name: string): void;
  /** Signs in again, and so displaces the tab that has this device. */
  takeOver(): void;
}
