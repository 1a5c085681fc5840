import { EventLog } from "./event-log.js";
import { EventQueue } from "./event-queue.js";
import type { Random } from "./random.js";
import type { TurnTaker } from "./turn-taker.js";

/** Steps that are taken before Node's own event loop goes round; what they leave in microtasks runs between them. */
const STEPS_PER_ROUND = 128;
/** So many steps in one millisecond mean that something goes round in circles. */
const MAX_STEPS_PER_MS = 200_000;

/** Something that must not happen did. It ends the run. */
export class Violation extends Error {
  readonly rule: string;

  constructor(rule: string, what: string, options?: ErrorOptions) {
    super(`${rule}: ${what}`, options);
    this.name = "Violation";
    this.rule = rule;
  }
}

/** Time, and what happens in it: one thing after the other, in an order that the seed decides. */
export class Kernel {
  readonly random: Random;
  readonly log: EventLog;
  #nowMs = 0;
  readonly #events = new EventQueue<() => void>();
  /** The process whose turn it is; undefined while the world itself acts. */
  #running: TurnTaker | undefined;
  #violation: Violation | undefined;
  #stepsOfMs = 0;
  #millisecond = 0;

  constructor(random: Random, keepsLines = false) {
    this.random = random;
    this.log = new EventLog(keepsLines);
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  get violation(): Violation | undefined {
    return this.#violation;
  }

  at(atMs: number, run: () => void): void {
    this.#events.add(Math.max(atMs, this.#nowMs), run);
  }

  after(delayMs: number, run: () => void): void {
    this.at(this.#nowMs + delayMs, run);
  }

  write(source: string, what: string): void {
    this.log.write(this.#nowMs, source, what);
  }

  /** The first violation counts: it ends the run. */
  violate(rule: string, what: string, cause?: unknown): void {
    if (this.#violation) return;
    this.write("VIOLATION", `${rule}: ${what}`);
    this.#violation = new Violation(rule, what, { cause });
  }

  /** Runs until this time, until nothing is left to do, or until the first violation. */
  run(untilMs: number): Promise<void> {
    return new Promise((resolve) => {
      let isOver = false;
      const step = () => {
        if (isOver || this.#step(untilMs)) return;
        isOver = true;
        if (!this.#violation) this.#nowMs = Math.max(this.#nowMs, untilMs);
        resolve();
      };
      // Node runs microtasks and `nextTick`s after each of them, as it does after each of its own callbacks.
      const round = () => {
        for (let i = 0; i < STEPS_PER_ROUND; i++) setImmediate(step);
        setImmediate(() => isOver || round());
      };
      round();
    });
  }

  /**
   * Runs one task of a process. What the world itself does before it leaves nothing in microtasks.
   *
   * @returns false if nothing is left to do
   */
  #step(untilMs: number): boolean {
    while (!this.#violation) {
      if (this.#running?.runTask()) return true;
      this.#running = undefined;
      if (this.#events.nextMs > untilMs) return false;
      this.#nowMs = this.#events.nextMs;
      this.#countStep();
      this.#events.take()!();
    }
    return false;
  }

  /** For a process: its turn begins, and the next steps are its tasks. */
  beginTurn(process: TurnTaker): void {
    this.#running = process;
  }

  #countStep(): void {
    const millisecond = Math.floor(this.#nowMs);
    if (millisecond !== this.#millisecond) this.#stepsOfMs = 0;
    this.#millisecond = millisecond;
    if (++this.#stepsOfMs > MAX_STEPS_PER_MS)
      this.violate("time advances", "time stands still: something goes in circles");
  }
}
