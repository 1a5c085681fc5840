import type { Status } from "@im/wire";
import type { MaybePromise } from "./maybe-promise.js";

/** Names a request that is to run once. Any text is allowed in any part, and the parts are never mixed up. */
export interface IdempotencyKey {
  readonly account: string;
  readonly command: string;
  readonly key: string;
}

/** What a request was answered with. */
export interface Answer {
  readonly status: Status;
  readonly body: Uint8Array;
}

/**
 * Remembers answers for a bounded window. `describeIdempotencyStore` in `@im/gateway/contract-suites` tests what stands
 * here.
 */
export interface IdempotencyStore {
  /**
   * Claims the key for who asks first.
   *
   * @returns undefined if it is yours: `record` or `release` follows. Else the answer, once it is recorded; when the
   * first releases it, one of those who wait gets the claim.
   */
  claim(key: IdempotencyKey): MaybePromise<Answer | undefined>;
  /** Keeps the answer of a claimed key. The body is copied by who keeps it. */
  record(key: IdempotencyKey, answer: Answer): MaybePromise<void>;
  /** Gives a claim back: nothing was done, or it may be done again. */
  release(key: IdempotencyKey): MaybePromise<void>;
}
