interface Waiter<T> {
  resolve(value: T): void;
  reject(error: unknown): void;
}

/** Promises that wait for the same event, each of which its own signal can abort. */
export class Waiters<T> {
  #waiting: Waiter<T>[] = [];

  wait(signal?: AbortSignal): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const abort = () => {
        this.#waiting = this.#waiting.filter((other) => other !== waiter);
        reject(signal?.reason);
      };
      const waiter: Waiter<T> = {
        resolve: (value) => {
          signal?.removeEventListener("abort", abort);
          resolve(value);
        },
        reject: (error) => {
          signal?.removeEventListener("abort", abort);
          reject(error);
        },
      };
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      this.#waiting.push(waiter);
      signal?.addEventListener("abort", abort, { once: true });
    });
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** @returns whether a promise waited */
  resolve(value: T): boolean {
    const waiting = this.#takeAll();
    for (const waiter of waiting) waiter.resolve(value);
    return waiting.length > 0;
  }

  /** @param makeError makes an error for each, so that each has its own; called only if there are any */
  reject(makeError: () => unknown): void {
    for (const waiter of this.#takeAll()) waiter.reject(makeError());
  }

  #takeAll(): Waiter<T>[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    return waiting;
  }
}
