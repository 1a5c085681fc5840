import { startTimer } from "@im/transport-core/internal";

/** It looks at the clock so often: the clock may be set, and timers stand still while the machine sleeps. */
const MAX_WAIT_MS = 600_000;

/** Calls a task once at a time of the wall clock, and keeps no process alive for that. */
export class WallClockTimer {
  readonly #task: () => void;
  readonly #atMs: number;
  #timer: ReturnType<typeof startTimer>;

  /** @param atMs in milliseconds since 1970; a time in the past is now */
  constructor(task: () => void, atMs: number) {
    this.#task = task;
    this.#atMs = atMs;
    this.#wait();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #wait(): void {
    const waitMs = Math.min(this.#atMs - Date.now(), MAX_WAIT_MS);
    this.#timer = startTimer(() => (Date.now() < this.#atMs ? this.#wait() : this.#task()), waitMs);
    (this.#timer as { unref?(): void } | undefined)?.unref?.();
  }
}
