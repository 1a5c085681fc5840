import type { AbortOptions } from "../contract/conn.js";
import type { OpCode } from "../contract/frame.js";
import type { Deadlined, DeadlineWheel } from "../deadline/deadline-wheel.js";
import type { ConnDriver } from "./conn-driver.js";
import { Waiters } from "./waiters.js";

export interface WriteLimits {
  readonly writeWaitMs: number;
  readonly highWaterMarkBytes: number;
  readonly maxQueuedBytes: number;
}

/** Learns what becomes of what is written. */
export interface WriteObserver {
  /** A message was queued. */
  sent(payloadBytes: number): void;
  /** The system did not take all of a flush. */
  blocked(queuedBytes: number): void;
  /** The system has taken a flush, so long after it. */
  written(latencyMs: number, queuedBytes: number): void;
  /** A message was given up for want of room. */
  dropped(why: "overflow-newest" | "overflow-oldest", payloadBytes: number): void;
}

const NEVER = Number.POSITIVE_INFINITY;
/** How often a blocked connection is looked at in one write wait; so the wait is over at most a quarter late. */
const LOOKS_PER_WAIT = 4;

/** A time in which the system takes no more bytes. */
class Block {
  readonly sinceMs = performance.now();
  isFlushWanted = false;
  #progressMs = this.sinceMs;
  /** What the system had not taken at the last look. */
  #untakenBytes: number;

  constructor({ untakenBytes = 0 }: ConnDriver) {
    this.#untakenBytes = untakenBytes;
  }

  /** Looks whether the system has taken something since the last look; @returns when it last did. */
  progressMs({ untakenBytes = 0 }: ConnDriver, nowMs: number): number {
    if (untakenBytes < this.#untakenBytes) this.#progressMs = nowMs;
    this.#untakenBytes = untakenBytes;
    return this.#progressMs;
  }
}

/** What waits between `writeFrame` and the system: flushing, backpressure, its limits and its deadlines. */
export class WriteQueue {
  /** An absolute deadline besides; counts only while bytes wait. */
  deadlineMs = NEVER;
  observer: WriteObserver | undefined;
  /** How often the system has taken all that was flushed. */
  flushesTaken = 0;
  protected readonly driver: ConnDriver;
  /** Shared by all queues of a server or dialer; a copy after `setWait`. */
  protected limits: WriteLimits;
  /** While the system takes no more bytes. */
  #block: Block | undefined;
  #waiters: Waiters<void> | undefined;

  constructor(driver: ConnDriver, limits: WriteLimits) {
    this.driver = driver;
    this.limits = limits;
  }

  get queuedBytes(): number {
    return this.driver.queuedBytes;
  }

  get isAboveMark(): boolean {
    return this.queuedBytes > this.limits.highWaterMarkBytes;
  }

  /** Whether the system takes no more bytes at the moment. */
  get isBlocked(): boolean {
    return this.#block !== undefined;
  }

  /** How long the system may take nothing. */
  setWait(writeWaitMs: number): void {
    this.limits = { ...this.limits, writeWaitMs };
  }

  write(opCode: OpCode, payload: Uint8Array): void {
    this.driver.writeFrame(opCode, payload);
  }

  /** For a driver that has `writeEncoded`. */
  writeEncoded(frame: Uint8Array, _opCode: OpCode, _payload: Uint8Array): void {
    this.driver.writeEncoded!(frame);
  }

  /** Nothing is written after it. What the system does not take at once, Close included, has the write wait. */
  close(code: number, reason: string): void {
    this.driver.close(code, reason);
    if (this.#block) this.#block.isFlushWanted = false;
    else if (this.driver.queuedBytes > 0) this.#block = new Block(this.driver);
  }

  /** Gives the system what it takes, if too much waits: a burst is no backlog. @returns whether too much waits still */
  flushBeyondLimit(deadlines: DeadlineWheel, owner: Deadlined): boolean {
    const { maxQueuedBytes } = this.limits;
    if (this.queuedBytes <= maxQueuedBytes) return false;
    this.flush(deadlines, owner);
    return this.queuedBytes > maxQueuedBytes;
  }

  /** @returns whether the system took all; if not, the owner's deadline is set and the rest follows by itself. */
  flush(deadlines: DeadlineWheel, owner: Deadlined): boolean {
    if (this.#block) this.driver.look?.();
    if (this.#block) {
      this.#block.isFlushWanted = true;
      return false;
    }
    const isObserved = this.observer !== undefined && this.driver.queuedBytes > 0;
    if (this.driver.flush()) {
      if (isObserved) this.observer?.written(0, 0);
      this.#taken();
      return true;
    }
    this.#block = new Block(this.driver);
    deadlines.schedule(owner);
    this.observer?.blocked(this.queuedBytes);
    return false;
  }

  /** The system has taken all that was flushed. */
  drain(deadlines: DeadlineWheel, owner: Deadlined): void {
    const block = this.#block;
    this.#block = undefined;
    if (block) this.observer?.written(performance.now() - block.sinceMs, this.queuedBytes);
    if (block?.isFlushWanted) this.flush(deadlines, owner);
    this.#taken();
  }

  #taken(): void {
    this.flushesTaken++;
    if (this.#waiters && !this.isAboveMark) this.#waiters.resolve();
  }

  async drained({ signal }: AbortOptions): Promise<void> {
    this.#waiters ??= new Waiters();
    await this.#waiters.wait(signal);
  }

  /** Looks whether the system has taken something, which nobody is told; says when to look again, or that the wait is over. */
  dueMs(): number {
    if (!this.#block) return NEVER;
    const { writeWaitMs } = this.limits;
    const nowMs = performance.now();
    const overMs = this.#block.progressMs(this.driver, nowMs) + writeWaitMs;
    return Math.min(overMs, nowMs + writeWaitMs / LOOKS_PER_WAIT, this.deadlineMs);
  }

  /** The connection is closed: nobody needs to wait any longer. */
  end(error: () => Error): void {
    this.#waiters?.reject(error);
  }
}
