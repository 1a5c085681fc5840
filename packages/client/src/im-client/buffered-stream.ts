import type { AbortOptions } from "@im/transport-core";
import { onAbort } from "./on-abort.js";

/** An async iteration over the items that are put in. `end`, `return` or the signal ends it; the signal's reason is thrown. */
export class BufferedStream<T> implements AsyncIterableIterator<T> {
  readonly #release: () => void;
  readonly #stopWatching: () => void;
  #items: T[] = [];
  #readers: { resolve(result: IteratorResult<T>): void; reject(error: unknown): void }[] = [];
  #room: (() => void) | undefined;
  #isOver = false;
  #error: { readonly reason: unknown } | undefined;

  /**
   * @param release called once, when the iteration is over
   * @param options its signal must not be aborted yet
   */
  constructor(release: () => void, { signal }: AbortOptions = {}) {
    this.#release = release;
    this.#stopWatching = onAbort(signal, () => {
      this.#error = { reason: signal?.reason };
      this.#items = [];
      this.end();
    });
  }

  /** @returns a promise that resolves when the item is taken; undefined if a reader was waiting for it */
  put(item: T): void | Promise<void> {
    if (this.#isOver) return undefined;
    const reader = this.#readers.shift();
    if (reader) {
      reader.resolve({ value: item, done: false });
      return undefined;
    }
    this.#items.push(item);
    return new Promise((resolve) => {
      this.#room = resolve;
    });
  }

  /** Puts an item in the place of all that wait. */
  replace(item: T): void {
    if (this.#isOver) return;
    this.#items = [];
    void this.put(item);
  }

  /** No more items come; those that wait can still be read. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopWatching();
    this.#room?.();
    for (const reader of this.#readers) {
      if (this.#error) reader.reject(this.#error.reason);
      else reader.resolve({ value: undefined, done: true });
    }
    this.#readers = [];
    this.#release();
  }

  async next(): Promise<IteratorResult<T>> {
    if (this.#error) throw this.#error.reason;
    if (this.#items.length > 0) {
      const value = this.#items.shift()!;
      this.#room?.();
      return { value, done: false };
    }
    if (this.#isOver) return { value: undefined, done: true };
    return new Promise((resolve, reject) => {
      this.#readers.push({ resolve, reject });
    });
  }

  async return(): Promise<IteratorResult<T>> {
    this.#items = [];
    this.end();
    return { value: undefined, done: true };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
