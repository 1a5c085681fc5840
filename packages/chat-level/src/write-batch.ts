import type { BatchOperation } from "classic-level";
import type { Level } from "./database.js";

/** What the steps of one commit write; later steps read what earlier ones have written. */
export class WriteBatch {
  readonly #known: ReadonlyMap<string, string | undefined>;
  /** Undefined for what is deleted. */
  readonly #written = new Map<string, string | undefined>();
  readonly #nextId: () => bigint;
  /** Messages that are added, less those that are deleted. */
  messages = 0;

  /** @param known what the steps asked for */
  constructor(known: ReadonlyMap<string, string | undefined>, nextId: () => bigint) {
    this.#known = known;
    this.#nextId = nextId;
  }

  /** Only of what the step has asked for. */
  get(key: string): string | undefined {
    return this.#written.has(key) ? this.#written.get(key) : this.#known.get(key);
  }

  put(key: string, value: string): void {
    this.#written.set(key, value);
  }

  delete(key: string): void {
    this.#written.set(key, undefined);
  }

  /** The id of what the step does: above all that were given before. */
  nextId(): bigint {
    return this.#nextId();
  }

  get isEmpty(): boolean {
    return this.#written.size === 0;
  }

  operations(): BatchOperation<Level, string, string>[] {
    const operations: BatchOperation<Level, string, string>[] = [];
    for (const [key, value] of this.#written) {
      operations.push(value === undefined ? { type: "del", key } : { type: "put", key, value });
    }
    return operations;
  }
}
