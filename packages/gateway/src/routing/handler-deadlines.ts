import { PatientTimer } from "@im/transport-core/internal";
import type { HandledRequest } from "./handled-request.js";

/** Times handlers out. All have the same timeout, so they expire in the order in which they began: one timer is enough. */
export class HandlerDeadlines {
  readonly #timeoutMs: number;
  readonly #running = new Set<HandledRequest>();
  // It may wait for handlers that have settled long ago, and must not keep the process alive for that.
  readonly #timer = new PatientTimer((nowMs) => this.#look(nowMs), false);
  #isWaiting = false;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  add(request: HandledRequest): void {
    request.deadlineMs = performance.now() + this.#timeoutMs;
    this.#running.add(request);
    if (!this.#isWaiting) this.#wait(this.#timeoutMs);
  }

  remove(request: HandledRequest): void {
    this.#running.delete(request);
  }

  #wait(ms: number): void {
    this.#isWaiting = true;
    this.#timer.start(ms);
  }

  #look(nowMs: number): void {
    this.#isWaiting = false;
    for (const request of this.#running) {
      if (request.deadlineMs > nowMs) {
        this.#wait(Math.max(1, request.deadlineMs - nowMs));
        return;
      }
      this.#running.delete(request);
      request.expire();
    }
  }
}
