import { MAX_TIMER_MS } from "@im/transport-core/internal";

/** Pings at a steady pace until it is stopped. The read deadline finds a dead server, not this. */
export class Heartbeat {
  readonly #timer: ReturnType<typeof setInterval> | undefined;

  /** @param ping must not throw; @param everyMs `Infinity` for never */
  constructor(ping: () => void, everyMs: number) {
    if (everyMs === Number.POSITIVE_INFINITY) return;
    this.#timer = setInterval(ping, Math.min(everyMs, MAX_TIMER_MS));
    // In Node the connection keeps the process alive, not its heartbeat.
    (this.#timer as { unref?(): void }).unref?.();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
