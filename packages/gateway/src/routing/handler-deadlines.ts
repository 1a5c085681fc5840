import { startTimer } from "@im/transport-core/authoring";
import type { HandledRequest } from "./handled-request.js";

/** Finds handlers whose time is over. All have the same time, so the oldest is always the first: one timer is enough. */
export class HandlerDeadlines {
  readonly #timeoutMs: number;
  readonly #running = new Set<HandledRequest>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  add(request: HandledRequest): void {
    request.deadlineMs = performance.now() + this.#timeoutMs;
    this.#running.add(request);
    if (this.#timer === undefined) this.#wait(this.#timeoutMs);
  }

  remove(request: HandledRequest): void {
    this.#running.delete(request);
  }

  #wait(ms: number): void {
    this.#timer = startTimer(() => this.#look(), ms);
    // It may wait for handlers that are long done, and keeps no process alive for that.
    (this.#timer as { unref?(): void } | undefined)?.unref?.();
  }

  #look(): void {
    this.#timer = undefined;
    const nowMs = performance.now();
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
