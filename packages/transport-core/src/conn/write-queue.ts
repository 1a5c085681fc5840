import type { AbortOptions } from "../contract/conn.js";
import type { Deadlined, DeadlineWheel } from "../deadline/deadline-wheel.js";
import type { ConnDriver } from "./conn-driver.js";
import { Waiters } from "./waiters.js";

export interface WriteLimits {
  readonly writeWaitMs: number;
  readonly highWaterMarkBytes: number;
  readonly maxQueuedBytes: number;
}

const NEVER = Number.POSITIVE_INFINITY;

/** What waits between `writeFrame` and the system: flushing, backpressure, its limits and its deadlines. */
export class WriteQueue {
  /** How long one flush may take. */
  waitMs: number;
  /** An absolute deadline besides; counts only while bytes wait. */
  deadlineMs = NEVER;
  readonly #driver: ConnDriver;
  readonly #limits: WriteLimits;
  /** While the system takes no more bytes: when the write wait is over. */
  #blockedUntilMs: number | undefined;
  #flushWanted = false;
  #waiters: Waiters<void> | undefined;

  constructor(driver: ConnDriver, limits: WriteLimits) {
    this.#driver = driver;
    this.#limits = limits;
    this.waitMs = limits.writeWaitMs;
  }

  get isAboveMark(): boolean {
    return this.#driver.queuedBytes > this.#limits.highWaterMarkBytes;
  }

  /** Whether too much waits for the peer. A burst is no backlog: first the system gets what it takes at once. */
  isOverLimit(deadlines: DeadlineWheel, owner: Deadlined): boolean {
    const { maxQueuedBytes } = this.#limits;
    if (this.#driver.queuedBytes <= maxQueuedBytes) return false;
    this.flush(deadlines, owner);
    return this.#driver.queuedBytes > maxQueuedBytes;
  }

  /** @returns whether the system took all; if not, the owner's deadline is set and the rest follows by itself. */
  flush(deadlines: DeadlineWheel, owner: Deadlined): boolean {
    this.#flushWanted = this.#blockedUntilMs !== undefined;
    if (this.#flushWanted) return false;
    if (this.#driver.flush()) {
      this.#tellDrained();
      return true;
    }
    this.#blockedUntilMs = performance.now() + this.waitMs;
    deadlines.schedule(owner);
    return false;
  }

  /** The system has taken all that was flushed. */
  drain(deadlines: DeadlineWheel, owner: Deadlined): void {
    this.#blockedUntilMs = undefined;
    if (this.#flushWanted) this.flush(deadlines, owner);
    this.#tellDrained();
  }

  #tellDrained(): void {
    if (this.#waiters && !this.isAboveMark) this.#waiters.resolve();
  }

  async drained({ signal }: AbortOptions): Promise<void> {
    this.#waiters ??= new Waiters();
    await this.#waiters.wait(signal);
  }

  dueMs(): number {
    return this.#blockedUntilMs === undefined ? NEVER : Math.min(this.#blockedUntilMs, this.deadlineMs);
  }

  /** The connection is closed: nobody needs to wait any longer. */
  end(error: () => Error): void {
    this.#waiters?.reject(error);
  }
}
