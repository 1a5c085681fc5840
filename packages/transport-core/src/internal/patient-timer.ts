import { afterReading } from "./after-reading.js";
import { startTimer } from "./long-timer.js";

/** A timer that fires later than this was delayed: the process, or the page, has stood still. */
const LATE_MS = 100;
/** How long peers then have to continue; a handshake needs some round trips. */
const GRACE_MS = 1_000;

/**
 * A timer that ends the wait for a peer. What the peer sent within the time is read before the timer fires. If the timer is
 * late because this process stood still, the peer could not be served either: then it has one second more.
 */
export class PatientTimer {
  readonly #over: (nowMs: number) => void;
  readonly #keepsAlive: boolean;
  #timer: ReturnType<typeof startTimer>;
  #dueMs = 0;
  #stopReading: (() => void) | undefined;
  #isOver = false;

  /**
   * @param over called with the time, in milliseconds of `performance.now()`, up to which all received bytes are read
   * @param keepsAlive whether the timer keeps a process of Node alive
   */
  constructor(over: (nowMs: number) => void, keepsAlive = true) {
    this.#over = over;
    this.#keepsAlive = keepsAlive;
  }

  /** Whether the time is over, and received bytes are being read before the timer fires. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** @param delayMs `Infinity` for never */
  start(delayMs: number): this {
    this.stop();
    this.#dueMs = performance.now() + Math.max(0, delayMs);
    this.#wait(() => this.#timeIsOver(), delayMs);
    return this;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#stopReading?.();
    this.#stopReading = undefined;
    this.#isOver = false;
  }

  #wait(task: () => void, delayMs: number): void {
    this.#timer = startTimer(task, delayMs);
    if (!this.#keepsAlive) (this.#timer as { unref?(): void } | undefined)?.unref?.();
  }

  #timeIsOver(): void {
    this.#isOver = true;
    const nowMs = performance.now();
    if (nowMs - this.#dueMs > LATE_MS) this.#wait(() => this.#readFirst(nowMs), GRACE_MS);
    else this.#readFirst(nowMs);
  }

  #readFirst(nowMs: number): void {
    this.#stopReading = afterReading(() => {
      this.stop();
      this.#over(nowMs);
    });
  }
}
