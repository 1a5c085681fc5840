/** Something that holds bytes. */
export interface Holder {
  /** How much it holds, when holders are compared. */
  heldBytes: number;
  /** For {@link FullestFirst}. */
  place: number;
}

/** The place of a holder that is in no list. */
export const NO_PLACE = -1;

/**
 * Holders of bytes, the fullest first. Until the fullest is asked for they are in no order, so that changes cost
 * nothing; from then on they are a heap, where each change costs the logarithm of their number.
 */
export class FullestFirst<H extends Holder> {
  readonly #holders: H[] = [];
  #isHeap = false;

  add(holder: H): void {
    holder.place = this.#holders.push(holder) - 1;
    this.changed(holder);
  }

  remove(holder: H): void {
    const { place } = holder;
    const last = this.#holders.pop()!;
    if (last !== holder) {
      this.#put(last, place);
      this.changed(last);
    }
    holder.place = NO_PLACE;
    if (this.#holders.length === 0) this.#isHeap = false;
  }

  /** To be called whenever the `heldBytes` of one of them changes. */
  changed(holder: H): void {
    if (!this.#isHeap) return;
    this.#rise(holder);
    this.#sink(holder);
  }

  fullest(): H | undefined {
    if (!this.#isHeap) {
      this.#isHeap = true;
      for (let place = this.#holders.length >> 1; place-- > 0; ) this.#sink(this.#holders[place]!);
    }
    return this.#holders[0];
  }

  #rise(holder: H): void {
    while (holder.place > 0) {
      const above = this.#holders[(holder.place - 1) >> 1]!;
      if (above.heldBytes >= holder.heldBytes) return;
      this.#swap(holder, above);
    }
  }

  #sink(holder: H): void {
    for (;;) {
      const left = this.#holders[2 * holder.place + 1];
      const right = this.#holders[2 * holder.place + 2];
      const fuller = right && right.heldBytes > left!.heldBytes ? right : left;
      if (!fuller || fuller.heldBytes <= holder.heldBytes) return;
      this.#swap(holder, fuller);
    }
  }

  #swap(one: H, other: H): void {
    const { place } = one;
    this.#put(one, other.place);
    this.#put(other, place);
  }

  #put(holder: H, place: number): void {
    this.#holders[place] = holder;
    holder.place = place;
  }
}
