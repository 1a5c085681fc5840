/** The place of an item in a {@link LinkedList}. */
export interface Link<T> {
  readonly item: T;
  before: Link<T> | undefined;
  after: Link<T> | undefined;
}

/**
 * Items in the order in which they were added, each of which can be removed at any time. A Set would do the same, but one
 * that is filled and emptied all the time leaves tables behind that V8 promotes to its old space, where they keep the items
 * of later tables alive: a request with an asynchronous handler took a quarter more time.
 */
export class LinkedList<T> implements Iterable<T> {
  #first: Link<T> | undefined;
  #last: Link<T> | undefined;

  get first(): Link<T> | undefined {
    return this.#first;
  }

  /** @returns what {@link remove} takes */
  add(item: T): Link<T> {
    const before = this.#last;
    const link: Link<T> = { item, before, after: undefined };
    if (before) before.after = link;
    else this.#first = link;
    this.#last = link;
    return link;
  }

  /** Does nothing if it was removed before. */
  remove(link: Link<T>): void {
    const { before, after } = link;
    if (before) before.after = after;
    else if (this.#first === link) this.#first = after;
    else return;
    if (after) after.before = before;
    else this.#last = before;
    link.before = undefined;
    link.after = undefined;
  }

  /** The items of now: they may be removed meanwhile. */
  [Symbol.iterator](): Iterator<T> {
    const items: T[] = [];
    for (let link = this.#first; link; link = link.after) items.push(link.item);
    return items.values();
  }
}
