/** The rate limit of a session: a token bucket that holds the requests of one second. */
export class RequestBudget {
  readonly #perSecond: number;
  #left: number;
  #filledAtMs: number;

  constructor(perSecond: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#left = perSecond;
    this.#filledAtMs = nowMs;
  }

  /** Takes a token. @returns false if there is none */
  take(nowMs: number): boolean {
    const filled = this.#left + ((nowMs - this.#filledAtMs) * this.#perSecond) / 1000;
    this.#left = Math.min(Math.max(1, this.#perSecond), filled);
    this.#filledAtMs = nowMs;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
