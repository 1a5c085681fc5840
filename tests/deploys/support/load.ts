const TICK_MS = 20;
/** On a machine that is too slow for the rate, the load is lower. */
const MAX_AT_ONCE = 40;

/** Exchanges at a rate, until it is stopped. */
export class Load {
  /** Why exchanges failed. */
  readonly failures: unknown[] = [];
  #begun = 0;
  #done = 0;
  readonly #underWay = new Set<Promise<void>>();
  readonly #timer: NodeJS.Timeout;
  #waiting: { readonly done: number; resolve(): void } | undefined;

  constructor(perSecond: number, exchange: (index: number) => Promise<void>) {
    this.#timer = setInterval(() => {
      for (let left = (perSecond * TICK_MS) / 1_000; left > 0 && this.#underWay.size < MAX_AT_ONCE; left--) {
        const settled: Promise<void> = exchange(this.#begun++)
          .catch((error: unknown) => void this.failures.push(error))
          .finally(() => this.#settled(settled));
        this.#underWay.add(settled);
      }
    }, TICK_MS);
  }

  /** Resolves when so many more exchanges are done. */
  more(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting = { done: this.#done + count, resolve };
    });
  }

  /** Resolves when the exchanges that have begun are done. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#underWay);
  }

  #settled(exchange: Promise<void>): void {
    this.#underWay.delete(exchange);
    this.#done++;
    if (this.#waiting && this.#done >= this.#waiting.done) this.#waiting.resolve();
  }
}
