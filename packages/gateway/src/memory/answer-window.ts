import type { Answer } from "../ports/idempotency-store.js";

/** An answer that is remembered. */
export interface Kept {
  readonly account: string;
  readonly name: string;
  readonly answer: Answer;
  /** Of its name and body. */
  readonly bytes: number;
  readonly untilMs: number;
}

/** Answers, oldest first, and how many of them are too many. */
export class AnswerWindow {
  readonly #maxAnswers: number;
  readonly #maxBytes: number;
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  constructor(maxAnswers: number, maxBytes: number) {
    this.#maxAnswers = maxAnswers;
    this.#maxBytes = maxBytes;
  }

  get isEmpty(): boolean {
    return this.#kept.size === 0;
  }

  get isOverfull(): boolean {
    return this.#kept.size > this.#maxAnswers || this.#bytes > this.#maxBytes;
  }

  get oldest(): Kept | undefined {
    return this.#kept.values().next().value;
  }

  get(name: string): Kept | undefined {
    return this.#kept.get(name);
  }

  add(kept: Kept): void {
    this.#kept.set(kept.name, kept);
    this.#bytes += kept.bytes;
  }

  remove({ name, bytes }: Kept): void {
    if (this.#kept.delete(name)) this.#bytes -= bytes;
  }
}
