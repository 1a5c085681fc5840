import { Waiters } from "../conn/waiters.js";

/** A set that can be waited for until it is empty. */
export class DrainingSet<T> extends Set<T> {
  readonly #emptied = new Waiters<void>();

  override delete(value: T): boolean {
    const wasThere = super.delete(value);
    if (this.size === 0 && !this.#emptied.isEmpty) this.#emptied.resolve();
    return wasThere;
  }

  /** Resolves when nothing is in it any more. */
  async emptied(): Promise<void> {
    if (this.size > 0) await this.#emptied.wait();
  }
}
