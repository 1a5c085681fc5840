/** Things with an id, in the order of their ids. */
export class IdLog<T extends { readonly messageId: bigint }> {
  #entries: T[] = [];

  /** @param entry with an id above all others */
  add(entry: T): void {
    this.#entries.push(entry);
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  /** Those with `fromId < id < toId`, oldest first. */
  *between(fromId: bigint, toId: bigint): Generator<T> {
    for (let at = this.#firstAbove(fromId); at < this.#entries.length; at++) {
      const entry = this.#entries[at]!;
      if (entry.messageId >= toId) return;
      yield entry;
    }
  }

  /** Those with `fromId < id < toId`, newest first. */
  *backwards(fromId: bigint, toId: bigint): Generator<T> {
    for (let at = this.#firstAbove(toId - 1n) - 1; at >= 0; at--) {
      const entry = this.#entries[at]!;
      if (entry.messageId <= fromId) return;
      yield entry;
    }
  }

  delete(isGone: (entry: T) => boolean): void {
    this.#entries = this.#entries.filter((entry) => !isGone(entry));
  }

  deleteBefore(messageId: bigint): void {
    this.#entries.splice(0, this.#firstAbove(messageId - 1n));
  }

  #firstAbove(id: bigint): number {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#entries[middle]!.messageId > id) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
