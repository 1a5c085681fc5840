import { checkLimit, checkWait } from "@im/transport-core/internal";
import { checkingOptions } from "../gateway-error.js";
import type { Answer, IdempotencyClaim, IdempotencyKey, IdempotencyStore } from "../ports/idempotency-store.js";
import { AnswerWindow, type StoredAnswer } from "./answer-window.js";

const MEBIBYTE = 1_048_576;

export interface MemoryIdempotencyStoreOptions {
  /** How long an answer is remembered, in milliseconds. @default 600000, ten minutes */
  readonly windowMs?: number | undefined;
  /** Answers that are remembered; the oldest goes first. @default 10000 */
  readonly maxAnswers?: number | undefined;
  /** Bytes of their bodies and keys. @default 16 MiB */
  readonly maxBytes?: number | undefined;
  /** Answers that are remembered for one account; its own oldest goes first. @default 250 */
  readonly maxAnswersPerAccount?: number | undefined;
  /** Bytes of their bodies and keys. @default 2 MiB */
  readonly maxBytesPerAccount?: number | undefined;
  /** A clock that only goes forward, in milliseconds. @default performance.now */
  readonly nowMs?: (() => number) | undefined;
}

/** Remembers the newest answers in this process, within limits for all accounts together and for each. */
export class MemoryIdempotencyStore implements IdempotencyStore {
  readonly #windowMs: number;
  readonly #maxAnswersPerAccount: number;
  readonly #maxBytesPerAccount: number;
  readonly #nowMs: () => number;
  /** Claims without an answer. Their number is bounded by the requests in flight and by the lifetime of claims. */
  readonly #claims = new Map<string, { readonly claimId: string; readonly untilMs: number }>();
  readonly #all: AnswerWindow;
  readonly #accounts = new Map<string, AnswerWindow>();

  /** @throws `IM_ERR_INVALID_OPTION` */
  constructor(options: MemoryIdempotencyStoreOptions = {}) {
    const checked = checkingOptions(() => ({
      windowMs: checkWait("windowMs", options.windowMs ?? 600_000),
      maxAnswers: checkLimit("maxAnswers", options.maxAnswers ?? 10_000),
      maxBytes: checkLimit("maxBytes", options.maxBytes ?? 16 * MEBIBYTE),
      maxAnswersPerAccount: checkLimit("maxAnswersPerAccount", options.maxAnswersPerAccount ?? 250),
      maxBytesPerAccount: checkLimit("maxBytesPerAccount", options.maxBytesPerAccount ?? 2 * MEBIBYTE),
    }));
    this.#windowMs = checked.windowMs;
    this.#all = new AnswerWindow(checked.maxAnswers, checked.maxBytes);
    this.#maxAnswersPerAccount = checked.maxAnswersPerAccount;
    this.#maxBytesPerAccount = checked.maxBytesPerAccount;
    this.#nowMs = options.nowMs ?? (() => performance.now());
  }

  claim(claim: IdempotencyClaim): Answer | "taken" | undefined {
    const name = nameOf(claim);
    const nowMs = this.#nowMs();
    const answer = this.#answer(name, nowMs);
    if (answer) return answer;
    const other = this.#claims.get(name);
    if (other && other.claimId !== claim.claimId && nowMs < other.untilMs) return "taken";
    this.#claims.delete(name);
    this.#claims.set(name, { claimId: claim.claimId, untilMs: nowMs + claim.lifetimeMs });
    this.#forgetDeadClaims(nowMs);
    return undefined;
  }

  record(claim: IdempotencyClaim, { status, body }: Answer): void {
    const name = nameOf(claim);
    this.#claims.delete(name);
    if (!this.#answer(name, this.#nowMs())) this.#keep(claim.account, name, { status, body: new Uint8Array(body) });
  }

  release(claim: IdempotencyClaim): void {
    const name = nameOf(claim);
    if (this.#claims.get(name)?.claimId === claim.claimId) this.#claims.delete(name);
  }

  #answer(name: string, nowMs: number): Answer | undefined {
    const kept = this.#all.get(name);
    return kept && nowMs < kept.untilMs ? kept.answer : undefined;
  }

  /** The oldest stand first, and all gateways of a process claim for about the same time. */
  #forgetDeadClaims(nowMs: number): void {
    for (const [name, { untilMs }] of this.#claims) {
      if (nowMs < untilMs) return;
      this.#claims.delete(name);
    }
  }

  #keep(account: string, name: string, answer: Answer): void {
    const nowMs = this.#nowMs();
    const before = this.#all.get(name);
    if (before) this.#forget(before);
    const own = this.#accounts.get(account) ?? new AnswerWindow(this.#maxAnswersPerAccount, this.#maxBytesPerAccount);
    this.#accounts.set(account, own);
    // A string has up to two bytes for each unit.
    const bytes = 2 * name.length + answer.body.length;
    const kept = { account, name, answer, bytes, untilMs: nowMs + this.#windowMs };
    own.add(kept);
    this.#all.add(kept);
    // First its own: the answers of one account displace no other account's.
    while (own.exceedsLimits) this.#forget(own.oldest!);
    for (let { oldest } = this.#all; oldest; { oldest } = this.#all) {
      if (!this.#all.exceedsLimits && nowMs < oldest.untilMs) return;
      this.#forget(oldest);
    }
  }

  #forget(kept: StoredAnswer): void {
    this.#all.remove(kept);
    const own = this.#accounts.get(kept.account);
    own?.remove(kept);
    if (own?.isEmpty) this.#accounts.delete(kept.account);
  }
}

/** The lengths keep the parts apart, whatever text they are. */
function nameOf({ account, command, key }: IdempotencyKey): string {
  return `${account.length}:${account}${command.length}:${command}${key}`;
}
