interface Waiting<Item, Result> {
  readonly item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/**
 * Commits items in batches, one at a time: what comes while one is on its way shares the next. Items resolve in the order in which
 * they were added.
 */
export class Batcher<Item, Result> {
  readonly #commit: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly #maxItems: number;
  readonly #sizeOfNext: (waiting: readonly Item[]) => number;
  #waiting: Waiting<Item, Result>[] = [];
  #isRunning = false;

  /**
   * @param maxItems of one commit
   * @param sizeOfNext how many of the first items, of which it is given so many at most, share the next commit: at least one
   */
  constructor(
    commit: (items: readonly Item[]) => Promise<readonly Result[]>,
    maxItems: number,
    sizeOfNext: (waiting: readonly Item[]) => number = ({ length }) => length,
  ) {
    this.#commit = commit;
    this.#maxItems = maxItems;
    this.#sizeOfNext = sizeOfNext;
  }

  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!this.#isRunning) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    // What other sockets bring in this turn shares the commit.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const first = this.#waiting.slice(0, this.#maxItems).map(({ item }) => item);
      const batch = this.#waiting.splice(0, this.#sizeOfNext(first));
      try {
        const results = await this.#commit(batch.map(({ item }) => item));
        for (const [at, { resolve }] of batch.entries()) resolve(results[at]!);
      } catch (error) {
        // Postgres is away or slow: what waits would wait as long again. Nothing of it is written.
        for (const { reject } of [...batch, ...this.#waiting.splice(0)]) reject(error);
      }
    }
    this.#isRunning = false;
  }
}
