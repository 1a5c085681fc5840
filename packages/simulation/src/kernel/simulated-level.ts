type Random = (below: number) => number;
/** Resolves when the disk has worked for a while. */
type Work = () => Promise<void>;
type Operation = { readonly type: "put"; key: string; value: string } | { readonly type: "del"; key: string };
type Entry = [key: string, value: string];

interface Bounds {
  readonly gt?: string;
  readonly gte?: string;
  readonly lte?: string;
  readonly limit?: number;
  readonly reverse?: boolean;
}

/** What a folder has: a log of batches, of which a crash keeps those that are synced, and perhaps some more. */
export class SimulatedDisk {
  readonly log: (readonly Operation[])[] = [];
  synced = 0;
  /** Whether writes fail, before or after they are in the log, and syncs take long. */
  isTroubled = false;
  /** A disk that says that it has synced. */
  ignoresSync = false;
  readonly random: Random;
  readonly work: Work;

  constructor(random: Random, work: Work) {
    this.random = random;
    this.work = work;
  }

  /** The disk that the next process finds. */
  afterCrash(work = this.work): SimulatedDisk {
    const next = new SimulatedDisk(this.random, work);
    next.log.push(...this.log.slice(0, this.synced + this.random(this.log.length - this.synced + 1)));
    next.synced = next.log.length;
    next.ignoresSync = this.ignoresSync;
    return next;
  }
}

/** What the store uses of `ClassicLevel`, on a simulated disk. */
export class SimulatedLevel {
  readonly #disk: SimulatedDisk;
  readonly #listeners = new Map<string, () => void>();
  #entries = new Map<string, string>();
  #sorted: Entry[] | undefined;
  /** After a write that failed it takes no other until it is opened anew. */
  #hasFailed = false;

  constructor(disk: SimulatedDisk) {
    this.#disk = disk;
  }

  on(event: string, listener: () => void): void {
    this.#listeners.set(event, listener);
  }

  async open(): Promise<void> {
    this.#entries = new Map();
    this.#hasFailed = false;
    for (const batch of this.#disk.log) this.#apply(batch);
    // LevelDB writes what a log has into a table, and syncs that.
    this.#disk.synced = this.#disk.log.length;
    this.#listeners.get("open")?.();
  }

  async close(): Promise<void> {
    this.#listeners.get("closed")?.();
  }

  async get(key: string): Promise<string | undefined> {
    return (await this.getMany([key]))[0];
  }

  async getMany(keys: readonly string[]): Promise<(string | undefined)[]> {
    const values = keys.map((key) => this.#entries.get(key));
    await this.#disk.work();
    return values;
  }

  put(key: string, value: string, options: { readonly sync: boolean }): Promise<void> {
    return this.batch([{ type: "put", key, value }], options);
  }

  async batch(operations: readonly Operation[], { sync }: { readonly sync: boolean }): Promise<void> {
    const disk = this.#disk;
    const fate = disk.isTroubled ? disk.random(20) : -1;
    await disk.work();
    if (fate === 0 || this.#hasFailed) throw this.#failed();
    disk.log.push(operations);
    if (fate === 1) throw this.#failed();
    if (sync && !disk.ignoresSync) {
      for (let times = fate === 2 ? 8 : 1; times > 0; times--) await disk.work();
      disk.synced = disk.log.length;
    }
    this.#apply(operations);
  }

  iterator(bounds: Bounds) {
    const entries = this.#within(bounds);
    let at = 0;
    return {
      nextv: async (count: number) => {
        await this.#disk.work();
        at += count;
        return entries.slice(at - count, at);
      },
      all: async () => entries,
      close: async () => {},
    };
  }

  keys(bounds: Bounds) {
    const keys = this.#within(bounds).map(([key]) => key);
    return { all: async () => keys };
  }

  #failed(): Error {
    this.#hasFailed = true;
    return Object.assign(new Error("the disk failed"), { code: "LEVEL_IO_ERROR" });
  }

  #apply(operations: readonly Operation[]): void {
    this.#sorted = undefined;
    for (const operation of operations) {
      if (operation.type === "put") this.#entries.set(operation.key, operation.value);
      else this.#entries.delete(operation.key);
    }
  }

  #within({ gt, gte, lte, limit, reverse }: Bounds): Entry[] {
    this.#sorted ??= [...this.#entries].sort(([one], [other]) => (one < other ? -1 : 1));
    const found = this.#sorted.filter(
      ([key]) =>
        (gt === undefined || key > gt) && (gte === undefined || key >= gte) && (lte === undefined || key <= lte),
    );
    return (reverse ? found.reverse() : found).slice(0, limit);
  }
}
