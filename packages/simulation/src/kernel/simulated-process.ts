import type { Kernel } from "./kernel.js";
import type { Random } from "./random.js";
import type { TimerClock } from "./timer-clock.js";
import { Timers } from "./timers.js";
import type { TurnTaker } from "./turn-taker.js";

/** A turn of the event loop takes at least this long, so that what goes in circles takes time. */
const TURN_MS = 1 / 64;
/** Wall clocks begin here: 2026-01-01. */
const EPOCH_MS = 1_767_225_600_000;

type Task = () => void;

/** One process with an event loop like Node's: timers, then what the sockets have, then `setImmediate`. */
export class SimulatedProcess implements TimerClock, TurnTaker {
  readonly kernel: Kernel;
  readonly name: string;
  /** For what the process itself draws: `Math.random`, `crypto`. */
  readonly random: Random;
  readonly timers: Timers;
  /** Called at the crash, for what the system then does with its sockets. */
  readonly atCrash: Task[] = [];
  #isAlive = true;
  /** `performance.now()` when the world began; some hours, so that no test can rely on 0. */
  readonly #bootMs: number;
  /** How long the machine has slept: the wall clock went on, `performance.now()` did not. */
  #sleptMs = 0;
  #jumpedMs = 0;
  #stalledUntilMs = 0;
  /** The next turn; `Infinity` if none is asked for. */
  #turnMs = Number.POSITIVE_INFINITY;
  #lastTurnMs = Number.NEGATIVE_INFINITY;
  #polled: Task[] = [];
  #immediates = new Map<object, Task>();
  /** What the current turn still has to run. */
  #turn: Iterator<Task> | undefined;

  constructor(kernel: Kernel, name: string) {
    this.kernel = kernel;
    this.name = name;
    this.random = kernel.random.fork(name);
    this.#bootMs = this.random.ms(0, 10_000_000) + this.random.fraction();
    this.timers = new Timers(this);
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  get isStalled(): boolean {
    return this.kernel.nowMs < this.#stalledUntilMs;
  }

  get stalledUntilMs(): number {
    return this.#stalledUntilMs;
  }

  /** `performance.now()` */
  get monotonicMs(): number {
    return this.#bootMs + this.kernel.nowMs - this.#sleptMs;
  }

  /** `Date.now()` */
  get wallMs(): number {
    return Math.floor(EPOCH_MS + this.kernel.nowMs + this.#jumpedMs);
  }

  /** What is left for it to do. */
  get pending(): string[] {
    const left = [];
    if (this.timers.active > 0) left.push(`${this.timers.active} timers`);
    if (this.#immediates.size > 0) left.push(`${this.#immediates.size} immediates`);
    return left;
  }

  /** Runs a task when the process looks at its sockets. Dropped by a process that is dead. */
  poll(task: Task): void {
    if (!this.#isAlive) return;
    this.#polled.push(task);
    this.wake(this.kernel.nowMs);
  }

  /** For the code of the simulation: it takes no timer of the process. */
  later(ms: number, task: Task): void {
    this.kernel.after(ms, () => this.poll(task));
  }

  immediate(task: Task): object {
    const handle = {};
    if (!this.#isAlive) return handle;
    this.#immediates.set(handle, task);
    this.wake(this.kernel.nowMs);
    return handle;
  }

  clearImmediate(handle: unknown): void {
    this.#immediates.delete(handle as object);
  }

  /** Asks for a turn at this time of the kernel. */
  wake(atMs: number): void {
    const turnMs = Math.max(atMs, this.#stalledUntilMs, this.#lastTurnMs + TURN_MS);
    if (!this.#isAlive || this.#turn || turnMs >= this.#turnMs) return;
    this.#turnMs = turnMs;
    this.kernel.at(turnMs, () => this.#beginTurn(turnMs));
  }

  /** The time of the kernel at which `performance.now()` is this. */
  kernelMs(monotonicMs: number): number {
    return monotonicMs - this.#bootMs + this.#sleptMs;
  }

  /** Stands still: no code runs, while what comes from the network waits in the system. */
  stall(ms: number): void {
    this.#stalledUntilMs = Math.max(this.#stalledUntilMs, this.kernel.nowMs + ms);
  }

  /** The machine sleeps. */
  sleep(ms: number): void {
    if (this.isStalled) return;
    this.stall(ms);
    this.#sleptMs += ms;
  }

  /** The wall clock is set anew. */
  jump(ms: number): void {
    this.#jumpedMs += ms;
  }

  /** The process ends at once: no code of it runs any more. */
  crash(): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    this.#polled = [];
    this.#immediates.clear();
    this.timers.clear();
    for (const task of this.atCrash) task();
  }

  #beginTurn(turnMs: number): void {
    if (!this.#isAlive || this.#turnMs !== turnMs) return;
    this.#turnMs = Number.POSITIVE_INFINITY;
    if (this.isStalled) {
      this.wake(this.#stalledUntilMs);
      return;
    }
    this.#lastTurnMs = turnMs;
    this.#turn = this.#tasks();
    this.kernel.beginTurn(this);
  }

  *#tasks(): Iterator<Task> {
    yield* this.timers.due();
    const polled = this.#polled;
    this.#polled = [];
    yield* polled;
    for (const [handle, task] of [...this.#immediates]) if (this.#immediates.delete(handle)) yield task;
  }

  /** Runs the next task of the turn. @returns false if the turn is over */
  runTask(): boolean {
    const next = this.#isAlive ? this.#turn?.next() : undefined;
    if (!next || next.done) {
      this.#turn = undefined;
      this.#afterTurn();
      return false;
    }
    this.kernel.log.mark(this.kernel.nowMs);
    try {
      next.value();
    } catch (error) {
      this.kernel.violate("no error is uncaught", `${this.name} threw ${error}`, error);
    }
    return true;
  }

  #afterTurn(): void {
    if (this.#polled.length > 0 || this.#immediates.size > 0) this.wake(this.kernel.nowMs);
    this.wake(this.timers.nextMs);
  }
}
