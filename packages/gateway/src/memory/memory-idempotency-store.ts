import { checkLimit, checkWait } from "@im/transport-core/authoring";
import type { Answer, IdempotencyKey, IdempotencyStore } from "../ports/idempotency-store.js";

export interface MemoryIdempotencyStoreOptions {
  /** How long an answer is remembered, in milliseconds. @default 600000, ten minutes */
  readonly windowMs?: number;
  /** Answers that are remembered; the oldest goes first. @default 10000 */
  readonly maxAnswers?: number;
  /** Bytes of their bodies. @default 16 MiB */
  readonly maxBytes?: number;
  /** A clock that only goes forward, in milliseconds. @default performance.now */
  readonly nowMs?: () => number;
}

interface Kept {
  readonly answer: Answer;
  readonly untilMs: number;
}

/** Remembers answers in this process, the newest within a bounded window. */
export class MemoryIdempotencyStore implements IdempotencyStore {
  readonly #windowMs: number;
  readonly #maxAnswers: number;
  readonly #maxBytes: number;
  readonly #nowMs: () => number;
  /** Claimed and not answered; with those who wait for what comes of it. Bounded by the requests in flight. */
  readonly #claims = new Map<string, ((answer: Answer | undefined) => void)[]>();
  /** Oldest first. */
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  /** @throws `IM_ERR_INVALID_OPTION` */
  constructor(options: MemoryIdempotencyStoreOptions = {}) {
    this.#windowMs = checkWait("windowMs", options.windowMs ?? 600_000);
    this.#maxAnswers = checkLimit("maxAnswers", options.maxAnswers ?? 10_000);
    this.#maxBytes = checkLimit("maxBytes", options.maxBytes ?? 16 * 1024 * 1024);
    this.#nowMs = options.nowMs ?? (() => performance.now());
  }

  claim(key: IdempotencyKey): Answer | undefined | Promise<Answer | undefined> {
    const name = nameOf(key);
    const kept = this.#kept.get(name);
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
    this.#forget(name);
    this.#kept.set(name, { answer: copy, untilMs: this.#nowMs() + this.#windowMs });
    this.#bytes += copy.body.length;
    this.#shrink();
    for (const resolve of waiting) resolve(copy);
  }

  release(key: IdempotencyKey): void {
    const name = nameOf(key);
    const waiting = this.#claims.get(name);
    const next = waiting?.shift();
    if (next) next(undefined);
    else this.#claims.delete(name);
  }

  #shrink(): void {
    const nowMs = this.#nowMs();
    for (const [name, { untilMs }] of this.#kept) {
      if (this.#kept.size <= this.#maxAnswers && this.#bytes <= this.#maxBytes && nowMs < untilMs) return;
      this.#forget(name);
    }
  }

  #forget(name: string): void {
    const kept = this.#kept.get(name);
    if (!kept) return;
    this.#bytes -= kept.answer.body.length;
    this.#kept.delete(name);
  }
}

/** Lengths keep the parts apart, whatever text they hold. */
function nameOf({ account, command, key }: IdempotencyKey): string {
  return `${account.length}:${account}${command.length}:${command}${key}`;
}
