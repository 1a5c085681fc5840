import type { Status } from "@im/wire";
import type { MaybePromise } from "./maybe-promise.js";

/** Names a request that is to run once. Any text is allowed in any part, and a store keeps the parts apart. */
export interface IdempotencyKey {
  readonly account: string;
  readonly command: string;
  readonly key: string;
}

/** A key, and the run of its request that asks for it. */
export interface IdempotencyClaim extends IdempotencyKey {
  /** Unique for each run: distinguishes this claim from any other of the same key. */
  readonly claimId: string;
  /** After so many milliseconds without `record` or `release` the claim is over: its gateway may have died. */
  readonly lifetimeMs: number;
}

/** The answer to a request. */
export interface Answer {
  readonly status: Status;
  readonly body: Uint8Array;
}

/**
 * Remembers answers for a bounded window. `describeIdempotencyStore` in `@im/gateway/contract-suites` tests these rules.
 */
export interface IdempotencyStore {
  /**
   * Claims the key for the first caller, and does not wait for its answer. Each call is one atomic step.
   *
   * @returns the answer, once one is recorded; undefined if this `claimId` has the key now, or had it already: `record` or
   * `release` follows; `"taken"` while another claim lives: call again later
   */
  claim(claim: IdempotencyClaim): MaybePromise<Answer | "taken" | undefined>;
  /**
   * Records the answer of a key and ends the claim, even after its lifetime. The first answer of a key stays. The store copies
   * the body. The call may be repeated, if its result was lost.
   */
  record(claim: IdempotencyClaim, answer: Answer): MaybePromise<void>;
  /** Releases the key, if this `claimId` still has it: its request did not run, or may run again. */
  release(claim: IdempotencyClaim): MaybePromise<void>;
}
