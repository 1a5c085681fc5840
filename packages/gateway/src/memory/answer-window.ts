import type { Answer } from "../ports/idempotency-store.js";

/** An answer that the store remembers. */
export interface StoredAnswer {
  readonly account: string;
  readonly name: string;
  readonly answer: Answer;
  /** Of its name and body. */
  readonly bytes: number;
  readonly untilMs: number;
}

/** Answers, oldest first, with a limit for their number and one for their bytes. */
export class AnswerWindow {
  readonly #maxAnswers: number;
  readonly #maxBytes: number;
  readonly #kept = new Map<string, StoredAnswer>();
  #bytes = 0;

  constructor(maxAnswers: number, maxBytes: number) {
    this.#maxAnswers = maxAnswers;
    this.#maxBytes = maxBytes;
  }

  get isEmpty(): boolean {
    return this.#kept.size === 0;
  }

  get exceedsLimits(): boolean {
    return this.#kept.size > this.#maxAnswers || this.#bytes > this.#maxBytes;
  }

  get oldest(): StoredAnswer | undefined {
    return this.#kept.values().next().value;
  }

  get(name: string): StoredAnswer | undefined {
    return this.#kept.get(name);
  }

  add(kept: StoredAnswer): void {
    this.#kept.set(kept.name, kept);
    this.#bytes += kept.bytes;
  }

  remove({ name, bytes }: StoredAnswer): void {
    if (this.#kept.delete(name)) this.#bytes -= bytes;
  }
}
