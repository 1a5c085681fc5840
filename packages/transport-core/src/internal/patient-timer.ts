import { afterReading } from "./after-reading.js";
import { startTimer } from "./long-timer.js";

/** Who comes later than this was kept: the process, or the page, has stood still. */
const LATE_MS = 100;
/** What others then have to go on from where they were; a handshake needs some round trips. */
const GRACE_MS = 1_000;

/**
 * A timer that ends the wait for somebody else. What had come when the time was over is read before anybody is judged by
 * it. If it comes late because this process stood still, the others were kept waiting by us: they get a second to go on.
 */
export class PatientTimer {
  readonly #over: (nowMs: number) => void;
  readonly #keepsAlive: boolean;
  #timer: ReturnType<typeof startTimer>;
  #dueMs = 0;
  #stopReading: (() => void) | undefined;
  #isOver = false;

  /**
   * @param over called with the time, in milliseconds of `performance.now()`, up to which all that came has been read
   * @param keepsAlive whether a process of Node goes on for it
   */
  constructor(over: (nowMs: number) => void, keepsAlive = true) {
    this.#over = over;
    this.#keepsAlive = keepsAlive;
  }

  /** Whether the time is over, and what came is being read. */
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
