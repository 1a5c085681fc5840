import type { AbortOptions } from "@im/transport-core";
import { onAbort } from "./on-abort.js";

/**
 * An async iteration over the items that are put in, of which the last waits for a reader. `end`, `return` or the signal
 * ends it; the signal's reason is thrown.
 */
export class ItemStream<T> implements AsyncIterableIterator<T> {
  readonly #release: () => void;
  readonly #stopWatching: () => void;
  #item: { readonly value: T; readonly done: false } | undefined;
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
      this.#item = undefined;
      this.end();
    });
  }

  /**
   * Replaces an item that has not been read.
   *
   * @returns a promise that resolves when the item is taken; undefined if a reader was waiting for it
   */
  put(item: T): void | Promise<void> {
    if (this.#isOver) return undefined;
    const result = { value: item, done: false } as const;
    const reader = this.#readers.shift();
    if (reader) {
      reader.resolve(result);
      return undefined;
    }
    this.#item = result;
    return new Promise((resolve) => {
      this.#room = resolve;
    });
  }

  /** No more items come; one that waits can still be read. */
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
    const item = this.#item;
    if (item) {
      this.#item = undefined;
      this.#room?.();
      return item;
    }
    if (this.#isOver) return { value: undefined, done: true };
    return new Promise((resolve, reject) => {
      this.#readers.push({ resolve, reject });
    });
  }

  async return(): Promise<IteratorResult<T>> {
    this.#item = undefined;
    this.end();
    return { value: undefined, done: true };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
