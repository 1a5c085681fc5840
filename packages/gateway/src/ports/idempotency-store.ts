import type { Status } from "@im/wire";
import type { MaybePromise } from "./maybe-promise.js";

/** Names a request that is to run once. Any text is allowed in any part, and the parts are never mixed up. */
export interface IdempotencyKey {
  readonly account: string;
  readonly command: string;
  readonly key: string;
}

/** A key, and who wants to run its request. */
export interface IdempotencyClaim extends IdempotencyKey {
  /** Unique for each run: it tells this claim from any other of the same key. */
  readonly claimId: string;
  /** When it is neither recorded nor released for so long, in milliseconds, it is over: its gateway may have died. */
  readonly lifetimeMs: number;
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
   * Claims the key for who asks first; it does not wait for what comes of that. Each call is one atomic step.
   *
   * @returns the answer, once one is recorded; undefined if the key is claimed by this `claimId` now, or was before: `record`
   * or `release` follows; `"taken"` while the claim of another lives: who wants to wait asks again
   */
  claim(claim: IdempotencyClaim): MaybePromise<Answer | "taken" | undefined>;
  /**
   * Keeps the answer of a key and ends the claim, also where its lifetime is over: the first answer of a key stays. The body is
   * copied by who keeps it. It may be called again, when nobody knows whether it was carried out.
   */
  record(claim: IdempotencyClaim, answer: Answer): MaybePromise<void>;
  /** Gives a claim back, if it is still this one's: nothing was done, or it may be done again. */
  release(claim: IdempotencyClaim): MaybePromise<void>;
}
