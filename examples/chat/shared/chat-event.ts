import type { ClientStatus } from "@im/client";
import type { ConversationKey } from "./conversation-key.js";

/** A message that the server has stored. */
export interface Message {
  readonly messageId: bigint;
  readonly conversation: ConversationKey;
  readonly sender: string;
  readonly text: string;
  readonly sentAtMs: number;
  /** The `sendId` of the `outgoing` event, if this device sent the message since it was opened. */
  readonly sendId?: string;
}

/** The ids up to which this account has read a conversation, and the other has received and read it; 0 for none. */
export interface Marks {
  readonly readId: bigint;
  readonly receivedId: bigint;
  readonly readByPeerId: bigint;
}

export interface Group {
  readonly conversation: ConversationKey;
  readonly name: string;
}

/** What a session emits. `chat-state.ts` makes the state from these events. */
export type ChatEvent =
  | { readonly type: "connection"; readonly status: ClientStatus }
  /** Pushed, missed while away, or from the history. Some may be known already. */
  | { readonly type: "messages"; readonly messages: readonly Message[] }
  /** The oldest known message of the conversation is its first. */
  | { readonly type: "beginning"; readonly conversation: ConversationKey }
  /** The user sends a message; `sendId` is its idempotency key. */
  | {
      readonly type: "outgoing";
      readonly conversation: ConversationKey;
      readonly sendId: string;
      readonly text: string;
      readonly atMs: number;
    }
  /** The message has left, waits for a connection, or is no longer to be sent. */
  | {
      readonly type: "sent" | "waiting" | "discarded";
      readonly conversation: ConversationKey;
      readonly sendId: string;
    }
  | { readonly type: "stored"; readonly sendId: string; readonly message: Message }
  | {
      readonly type: "refused";
      readonly conversation: ConversationKey;
      readonly sendId: string;
      readonly reason: string;
    }
  | { readonly type: "marks"; readonly conversation: ConversationKey; readonly marks: Partial<Marks> }
  | { readonly type: "people"; readonly accounts: readonly string[] }
  /** A group that the account is a member of. */
  | ({ readonly type: "group" } & Group)
  /** All groups that the account is a member of. */
  | { readonly type: "groups"; readonly groups: readonly Group[] }
  | { readonly type: "left"; readonly conversation: ConversationKey }
  | { readonly type: "members"; readonly conversation: ConversationKey; readonly accounts: readonly string[] }
  | {
      readonly type: "presence";
      readonly states: readonly { readonly account: string; readonly isOnline: boolean }[];
    };
