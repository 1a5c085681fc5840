import { EventQueue } from "./event-queue.js";
import type { TimerClock } from "./timer-clock.js";

/** What `setTimeout` and `setInterval` return in Node. */
export class SimulatedTimer {
  isActive = true;
  isRef = true;
  readonly task: () => void;
  /** Of an interval. */
  readonly everyMs: number | undefined;

  constructor(task: () => void, everyMs?: number) {
    this.task = task;
    this.everyMs = everyMs;
  }

  ref(): this {
    this.isRef = true;
    return this;
  }

  unref(): this {
    this.isRef = false;
    return this;
  }

  hasRef(): boolean {
    return this.isRef;
  }
}

/**
 * The timers of one process, as Node has them: they count in whole milliseconds from the beginning of the turn, so that one
 * may fire up to a millisecond early by `performance.now()`.
 */
export class Timers {
  readonly #process: TimerClock;
  readonly #queue = new EventQueue<SimulatedTimer>();
  /** Timers are not called more often than this, such as in a page that is hidden. */
  alignMs = 1;
  #active = 0;

  constructor(process: TimerClock) {
    this.#process = process;
  }

  /** Timers that are still to come. */
  get active(): number {
    return this.#active;
  }

  /** When the first is due, by the kernel's time. */
  get nextMs(): number {
    const { nextMs } = this.#queue;
    return nextMs === Number.POSITIVE_INFINITY ? nextMs : this.#process.kernelMs(nextMs);
  }

  get #loopMs(): number {
    return Math.floor(this.#process.monotonicMs);
  }

  start(task: () => void, delayMs: number, isInterval: boolean): SimulatedTimer {
    const waitMs = delayMs >= 1 && delayMs <= 2 ** 31 - 1 ? Math.trunc(delayMs) : 1;
    const timer = new SimulatedTimer(task, isInterval ? waitMs : undefined);
    if (!this.#process.isAlive) return timer;
    this.#active++;
    this.#add(timer, waitMs);
    return timer;
  }

  stop(timer: SimulatedTimer | undefined): void {
    if (!timer?.isActive) return;
    timer.isActive = false;
    this.#active--;
  }

  clear(): void {
    this.#queue.clear();
    this.#active = 0;
  }

  *due(): Generator<() => void> {
    const untilMs = this.#loopMs;
    while (this.#queue.nextMs <= untilMs) {
      const timer = this.#queue.take()!;
      if (!timer.isActive) continue;
      if (timer.everyMs === undefined) this.stop(timer);
      yield timer.task;
      if (timer.isActive && timer.everyMs !== undefined) this.#add(timer, timer.everyMs);
    }
  }

  #add(timer: SimulatedTimer, waitMs: number): void {
    const dueMs = Math.ceil((this.#loopMs + waitMs) / this.alignMs) * this.alignMs;
    this.#queue.add(dueMs, timer);
    this.#process.wake(this.#process.kernelMs(dueMs));
  }
}
