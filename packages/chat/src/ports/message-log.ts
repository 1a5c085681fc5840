import type { MaybePromise } from "@im/gateway";

/** Where a message is said: to an account, or in a group. */
export type Conversation = { readonly account: string } | { readonly group: string };

/** A message that is not stored yet. */
export interface NewMessage {
  readonly sender: string;
  readonly to: Conversation;
  /** 1 text, 2 image, 3 voice, 4 video; other numbers are the application's. */
  readonly type: number;
  readonly body: string;
  readonly extra: string;
}

/** A message as it is stored, for good: nothing of it changes. */
export interface StoredMessage extends NewMessage {
  readonly messageId: bigint;
  /** When it was stored, in Unix nanoseconds. */
  readonly sendTime: bigint;
}

/** A message that is durable and visible. */
export interface AddedMessage {
  readonly messageId: bigint;
  /** In Unix nanoseconds. */
  readonly sendTime: bigint;
  /** Whether a message with this idempotency key was stored before: then this is the first one's id and time. */
  readonly isRepetition: boolean;
  /**
   * The accounts whose index has it: sender and receiver, or all who were members in the step that stored it; of a repetition
   * those of them who are members still.
   */
  readonly readers: readonly string[];
}

/** Why a group takes no message. */
export type GroupRefusal = "no such group" | "not a member";

/** One line of an account's index. */
export interface IndexEntry {
  readonly messageId: bigint;
  readonly sendTime: bigint;
  /** Whether the account sent it itself. */
  readonly isSent: boolean;
  /** The other side; in a group the sender. */
  readonly peer: string;
  /** The group, or empty. */
  readonly group: string;
}

/**
 * Messages by their ids.
 *
 * **Ids** are above 0, below 2^63, and given in the step that commits. Whatever is visible has a smaller id than all that
 * becomes visible later, in any conversation and by any writer: "all up to this id" is a safe cursor. No id is given twice,
 * after a restart, with a clock that was set back, or when all messages were deleted. `idAtMs` says where a time stands.
 *
 * **Visible** is a message once it is durable, and then to every reader. A message that a reader has seen is never lost.
 */
export interface MessageLog {
  /**
   * Stores a message once. Resolves when it is durable.
   *
   * @param key its idempotency key: while it is kept, a repetition by the same sender stores nothing
   * @throws what it cannot write: then it may be stored all the same, but has not been acknowledged
   */
  add(message: NewMessage, key?: string): MaybePromise<AddedMessage | GroupRefusal>;
  /**
   * What the account may see after an id, oldest first: what it sent and received, and what was said in its groups between its
   * join and its quit. It costs what the page holds, not what the account ever got.
   *
   * @returns at most `limit` entries; fewer only if there are no more
   */
  index(
    account: string,
    page: { readonly afterId: bigint; readonly limit: number },
  ): MaybePromise<readonly IndexEntry[]>;
  /** Those of the messages that the account may see, in the order asked. Others are left out, whether they exist or not. */
  contents(account: string, messageIds: readonly bigint[]): MaybePromise<readonly StoredMessage[]>;
  /** What the account may see of one conversation before an id, newest first. */
  history(
    account: string,
    conversation: Conversation,
    page: { readonly beforeId: bigint; readonly limit: number },
  ): MaybePromise<readonly StoredMessage[]>;
  /** Deletes all messages with a smaller id. @returns how many */
  deleteBefore(messageId: bigint): MaybePromise<number>;
  /**
   * Deletes what an account has written, for all who could see it; its index, positions and read marks; and ends its
   * memberships. Messages of others to it stay with them. @returns how many messages
   */
  deleteAccount(account: string): MaybePromise<number>;
}
