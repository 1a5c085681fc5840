import type { MaybePromise } from "@im/gateway";
import type { Conversation } from "./message-log.js";

/** Up to where a device has received everything. */
export interface Position {
  readonly messageId: bigint;
  /** When it was last set, in milliseconds since 1970. */
  readonly setAtMs: number;
}

/** Where accounts and their devices stand. Marks go forward only, and never beyond the newest id that is visible. */
export interface Positions {
  /** The position of one device of an account; undefined if it has none. */
  position(account: string, device: string): MaybePromise<Position | undefined>;
  /** The furthest position of all devices of an account; 0 for none. */
  received(account: string): MaybePromise<bigint>;
  /**
   * Moves the position of one device, if it is behind. What comes later is never hidden by it.
   *
   * @returns where the device stood and stands now, 0 for none
   */
  acknowledge(account: string, device: string, messageId: bigint): MaybePromise<Moved>;
  /** Up to where an account has read a conversation, on any device; 0 for none. */
  readMark(account: string, conversation: Conversation): MaybePromise<bigint>;
  /** Moves it, if it is behind. @returns as {@link acknowledge} */
  markRead(account: string, conversation: Conversation, messageId: bigint): MaybePromise<Moved>;
}

/** How a mark moved; both are the same if it did not. */
export interface Moved {
  readonly from: bigint;
  readonly to: bigint;
}
