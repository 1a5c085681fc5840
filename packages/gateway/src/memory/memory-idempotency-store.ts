import { checkLimit, checkWait } from "@im/transport-core/authoring";
import { checkingOptions } from "../gateway-error.js";
import type { Answer, IdempotencyKey, IdempotencyStore } from "../ports/idempotency-store.js";
import { AnswerWindow, type Kept } from "./answer-window.js";

const MEBIBYTE = 1_048_576;

export interface MemoryIdempotencyStoreOptions {
  /** How long an answer is remembered, in milliseconds. @default 600000, ten minutes */
  readonly windowMs?: number;
  /** Answers that are remembered; the oldest goes first. @default 10000 */
  readonly maxAnswers?: number;
  /** Bytes of their bodies and keys. @default 16 MiB */
  readonly maxBytes?: number;
  /** Answers that are remembered for one account; its own oldest goes first. @default 250 */
  readonly maxAnswersPerAccount?: number;
  /** Bytes of their bodies and keys. @default 2 MiB */
  readonly maxBytesPerAccount?: number;
  /** A clock that only goes forward, in milliseconds. @default performance.now */
  readonly nowMs?: () => number;
}

/** Remembers answers in this process, the newest within a bounded window, of which each account has its share. */
export class MemoryIdempotencyStore implements IdempotencyStore {
  readonly #windowMs: number;
  readonly #maxAnswersPerAccount: number;
  readonly #maxBytesPerAccount: number;
  readonly #nowMs: () => number;
  /** Claimed and not answered; with those who wait for what comes of it. Bounded by the requests in flight. */
  readonly #claims = new Map<string, ((answer: Answer | undefined) => void)[]>();
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

  claim(key: IdempotencyKey): Answer | undefined | Promise<Answer | undefined> {
    const name = nameOf(key);
    const kept = this.#all.get(name);
    if (kept && this.#nowMs() < kept.untilMs) return kept.answer;
    const waiting = this.#claims.get(name);
    if (waiting) return new Promise((resolve) => waiting.push(resolve));
    this.#claims.set(name, []);
    return undefined;
  }

  record(key: IdempotencyKey, answer: Answer): void {
    const name = nameOf(key);
    const copy = { status: answer.status, body: new Uint8Array(answer.body) };
    const waiting = this.#claims.get(name) ?? [];
    this.#claims.delete(name);
    this.#keep(key.account, name, copy);
    for (const resolve of waiting) resolve(copy);
  }

  release(key: IdempotencyKey): void {
    const name = nameOf(key);
    const waiting = this.#claims.get(name);
    const next = waiting?.shift();
    if (next) next(undefined);
    else this.#claims.delete(name);
  }

  #keep(account: string, name: string, answer: Answer): void {
    const nowMs = this.#nowMs();
    const before = this.#all.get(name);
    if (before) this.#forget(before);
    const own = this.#accounts.get(account) ?? new AnswerWindow(this.#maxAnswersPerAccount, this.#maxBytesPerAccount);
    this.#accounts.set(account, own);
    // A text has two bytes for each unit.
    const bytes = 2 * name.length + answer.body.length;
    const kept = { account, name, answer, bytes, untilMs: nowMs + this.#windowMs };
    own.add(kept);
    this.#all.add(kept);
    // First its own: nobody else's answers go for those of one account.
    while (own.isOverfull) this.#forget(own.oldest!);
    for (let { oldest } = this.#all; oldest; { oldest } = this.#all) {
      if (!this.#all.isOverfull && nowMs < oldest.untilMs) return;
      this.#forget(oldest);
    }
  }

  #forget(kept: Kept): void {
    this.#all.remove(kept);
    const own = this.#accounts.get(kept.account);
    own?.remove(kept);
    if (own?.isEmpty) this.#accounts.delete(kept.account);
  }
}

/** Lengths keep the parts apart, whatever text they hold. */
function nameOf({ account, command, key }: IdempotencyKey): string {
  return `${account.length}:${account}${command.length}:${command}${key}`;
}
