import type { ConnDriver } from "./conn-driver.js";

/** A time in which the system takes no more bytes. */
export class WriteBlock {
  readonly sinceMs = performance.now();
  isFlushWanted = false;
  #progressMs = this.sinceMs;
  /** What the system had not taken at the last check. */
  #untakenBytes: number;

  constructor({ untakenBytes = 0 }: ConnDriver) {
    this.#untakenBytes = untakenBytes;
  }

  /** Checks whether the system has taken bytes since the last check. @returns when it last did */
  progressMs({ untakenBytes = 0 }: ConnDriver, nowMs: number): number {
    if (untakenBytes < this.#untakenBytes) this.#progressMs = nowMs;
    this.#untakenBytes = untakenBytes;
    return this.#progressMs;
  }
}
