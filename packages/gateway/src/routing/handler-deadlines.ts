import { PatientTimer } from "@im/transport-core/internal";
import { type Link, LinkedList } from "../linked-list.js";
import type { HandledRequest } from "./handled-request.js";

/** Times handlers out. All have the same timeout, so they expire in the order in which they began: one timer is enough. */
export class HandlerDeadlines {
  readonly #timeoutMs: number;
  readonly #running = new LinkedList<HandledRequest>();
  // It may fire after all handlers have settled, and must not keep the process alive for that.
  readonly #timer = new PatientTimer((nowMs) => this.#look(nowMs), false);
  #isWaiting = false;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** @returns what {@link remove} takes */
  add(request: HandledRequest): Link<HandledRequest> {
    request.deadlineMs = performance.now() + this.#timeoutMs;
    if (!this.#isWaiting) this.#wait(this.#timeoutMs);
    return this.#running.add(request);
  }

  remove(link: Link<HandledRequest>): void {
    this.#running.remove(link);
  }

  #wait(ms: number): void {
    this.#isWaiting = true;
    this.#timer.start(ms);
  }

  #look(nowMs: number): void {
    this.#isWaiting = false;
    for (let link = this.#running.first; link; link = this.#running.first) {
      const request = link.item;
      if (request.deadlineMs > nowMs) {
        this.#wait(Math.max(1, request.deadlineMs - nowMs));
        return;
      }
      this.#running.remove(link);
      request.expire();
    }
  }
}
