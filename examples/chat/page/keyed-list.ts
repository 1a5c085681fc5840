interface Row<Item> {
  readonly node: HTMLElement;
  update(item: Item): void;
}

/**
 * The children of an element, one for each item. A child stays the same node while its key is in the list, so that focus,
 * selection and what a screen reader has read stay as well.
 */
export class KeyedList<Item> {
  readonly #parent: Element;
  readonly #keyOf: (item: Item) => string;
  readonly #create: (item: Item) => Row<Item>;
  #rows = new Map<string, Row<Item>>();

  constructor(parent: Element, keyOf: (item: Item) => string, create: (item: Item) => Row<Item>) {
    this.#parent = parent;
    this.#keyOf = keyOf;
    this.#create = create;
  }

  update(items: readonly Item[]): void {
    const rows = new Map<string, Row<Item>>();
    for (const item of items) {
      const key = this.#keyOf(item);
      const row = this.#rows.get(key) ?? this.#create(item);
      row.update(item);
      rows.set(key, row);
    }
    for (const [key, { node }] of this.#rows) if (!rows.has(key)) node.remove();
    this.#rows = rows;
    let next = this.#parent.firstElementChild;
    for (const { node } of rows.values()) {
      if (node === next) next = next.nextElementSibling;
      else this.#parent.insertBefore(node, next);
    }
  }
}

export type { Row };
