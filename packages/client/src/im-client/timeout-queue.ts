import { MAX_TIMER_MS } from "@im/transport-core/authoring";

/** Something that is told when its time is over. */
export interface Expiring {
  /** Called once, never early. Must not throw. */
  expire(): void;
}

/**
 * Timeouts of any number of things with one timer. Those that wait equally long come due in the order in which they
 * were added, so each length has one queue, and only the heads of the queues are ever compared.
 */
export class TimeoutQueue<T extends Expiring> {
  /** By how long they wait: the deadline of each, the earliest first. */
  readonly #queues = new Map<number, Map<T, number>>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #armedForMs = Number.POSITIVE_INFINITY;

  /** @param waitMs `Infinity` for never */
  add(entry: T, waitMs: number): void {
    if (waitMs === Number.POSITIVE_INFINITY) return;
    const deadlineMs = performance.now() + waitMs;
    const queue = this.#queues.get(waitMs);
    if (queue) {
      queue.set(entry, deadlineMs);
      return;
    }
    this.#queues.set(waitMs, new Map([[entry, deadlineMs]]));
    if (deadlineMs < this.#armedForMs) this.#arm(deadlineMs);
  }

  /** @param waitMs as in `add` */
  remove(entry: T, waitMs: number): void {
    const queue = this.#queues.get(waitMs);
    if (!queue?.delete(entry) || queue.size > 0) return;
    this.#queues.delete(waitMs);
    if (this.#queues.size === 0) this.#disarm();
  }

  #arm(deadlineMs: number): void {
    this.#disarm();
    this.#armedForMs = deadlineMs;
    // Timers may fire a fraction of a millisecond early.
    const delayMs = Math.min(Math.ceil(deadlineMs - performance.now()), MAX_TIMER_MS);
    this.#timer = setTimeout(() => this.#sweep(), delayMs);
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#armedForMs = Number.POSITIVE_INFINITY;
  }

  #sweep(): void {
    this.#disarm();
    const nowMs = performance.now();
    const due: T[] = [];
    let nextMs = Number.POSITIVE_INFINITY;
    for (const [waitMs, queue] of this.#queues) {
      for (const [entry, deadlineMs] of queue) {
        if (deadlineMs > nowMs) {
          nextMs = Math.min(nextMs, deadlineMs);
          break;
        }
        queue.delete(entry);
        due.push(entry);
      }
      if (queue.size === 0) this.#queues.delete(waitMs);
    }
    if (nextMs < Number.POSITIVE_INFINITY) this.#arm(nextMs);
    for (const entry of due) entry.expire();
  }
}
