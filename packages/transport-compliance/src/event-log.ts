import { within } from "./deadline.js";

interface Watcher {
  isMet(): boolean;
  met(): void;
}

/** Events in the order in which they came, and a way to wait for them. */
export class EventLog<T> {
  readonly items: T[] = [];
  readonly #name: string;
  readonly #deadlineMs: number;
  #watchers: Watcher[] = [];

  /** @param name what the events are, in the plural */
  constructor(name: string, deadlineMs: number) {
    this.#name = name;
    this.#deadlineMs = deadlineMs;
  }

  get length(): number {
    return this.items.length;
  }

  put(item: T): void {
    this.items.push(item);
    if (this.#watchers.length === 0) return;
    const met = this.#watchers.filter((watcher) => watcher.isMet());
    this.#watchers = this.#watchers.filter((watcher) => !met.includes(watcher));
    for (const watcher of met) watcher.met();
  }

  /** The first `count` events, once so many have come. */
  async atLeast(count: number): Promise<readonly T[]> {
    try {
      await this.#until(() => this.items.length >= count, `${count} ${this.#name}`);
    } catch (error) {
      throw new Error(`${(error as Error).message}, got ${this.items.length}`);
    }
    return this.items.slice(0, count);
  }

  /** The first event that fits, whether it came already or is still to come. */
  async first(fits: (item: T) => boolean, what: string): Promise<T> {
    await this.#until(() => this.items.some(fits), `${what} among ${this.#name}`);
    return this.items.find(fits)!;
  }

  async #until(isMet: () => boolean, what: string): Promise<void> {
    if (isMet()) return;
    const seen = new Promise<void>((met) => this.#watchers.push({ isMet, met }));
    await within(this.#deadlineMs, seen, what);
  }
}
