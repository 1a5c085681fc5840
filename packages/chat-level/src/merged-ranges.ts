import type { Level } from "./database.js";
import { idAtEnd } from "./keys.js";
import { boundsOf, type IdRange } from "./ranges.js";

const MIN_CHUNK = 16;

export interface RangeEntry<Range extends IdRange> {
  readonly range: Range;
  readonly id: bigint;
  readonly value: string;
}

/** The first entries of all ranges together, in the order of their ids. It reads little more than it gives. */
export async function firstOfRanges<Range extends IdRange>(
  db: Level,
  ranges: readonly Range[],
  limit: number,
): Promise<RangeEntry<Range>[]> {
  const chunk = Math.min(limit, Math.max(MIN_CHUNK, Math.ceil(limit / Math.max(1, ranges.length))));
  const readers = ranges.map((range) => new RangeReader(db, range, chunk));
  try {
    await Promise.all(readers.map((reader) => reader.fill()));
    const heap = new Heap(readers.filter((reader) => !reader.isAtEnd));
    const found: RangeEntry<Range>[] = [];
    while (found.length < limit && heap.top) {
      const reader = heap.top;
      found.push(reader.take());
      if (reader.isEmpty) await reader.fill();
      heap.topChanged();
    }
    return found;
  } finally {
    await Promise.all(readers.map((reader) => reader.close()));
  }
}

function iterate(db: Level, range: IdRange) {
  return db.iterator(boundsOf(range));
}

/** Reads one range, a chunk at a time. */
class RangeReader<Range extends IdRange> {
  readonly #iterator: ReturnType<typeof iterate>;
  readonly #range: Range;
  readonly #chunk: number;
  #entries: [string, string][] = [];
  #at = 0;
  /** Of the next entry. */
  headId = 0n;

  constructor(db: Level, range: Range, chunk: number) {
    this.#iterator = iterate(db, range);
    this.#range = range;
    this.#chunk = chunk;
  }

  get isEmpty(): boolean {
    return this.#at >= this.#entries.length;
  }

  /** After {@link fill}: whether there is no more. */
  get isAtEnd(): boolean {
    return this.isEmpty;
  }

  async fill(): Promise<void> {
    this.#entries = await this.#iterator.nextv(this.#chunk);
    this.#at = 0;
    this.#look();
  }

  take(): RangeEntry<Range> {
    const [, value] = this.#entries[this.#at++]!;
    const entry = { range: this.#range, id: this.headId, value };
    this.#look();
    return entry;
  }

  close(): Promise<void> {
    return this.#iterator.close();
  }

  #look(): void {
    if (!this.isEmpty) this.headId = idAtEnd(this.#entries[this.#at]![0]);
  }
}

/** A heap of readers, the one with the smallest id on top. */
class Heap<Range extends IdRange> {
  readonly #readers: RangeReader<Range>[];

  constructor(readers: RangeReader<Range>[]) {
    this.#readers = readers.sort((a, b) => (a.headId < b.headId ? -1 : 1));
  }

  get top(): RangeReader<Range> | undefined {
    return this.#readers[0];
  }

  /** The top has another id, or is at its end. */
  topChanged(): void {
    const readers = this.#readers;
    if (readers[0]!.isAtEnd) {
      const last = readers.pop()!;
      if (readers.length === 0) return;
      readers[0] = last;
    }
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let least = at;
      if (left < readers.length && readers[left]!.headId < readers[least]!.headId) least = left;
      if (right < readers.length && readers[right]!.headId < readers[least]!.headId) least = right;
      if (least === at) return;
      [readers[at], readers[least]] = [readers[least]!, readers[at]!];
      at = least;
    }
  }
}
