/**
 * Lets so many calls of zlib run at a time; the others wait, first come, first served. Without a bound, memory fragments and
 * the thread pool has no room for anything else.
 */
export class ZlibTurns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(concurrencyLimit: number) {
    this.#free = concurrencyLimit;
  }

  /** Runs a task, now or later. It calls `giveBack` once, when it is done. */
  take(task: () => void): void {
    if (this.#free === 0) {
      this.#waiting.push(task);
      return;
    }
    this.#free--;
    task();
  }

  giveBack(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free++;
  }
}
