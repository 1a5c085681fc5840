import type { GatewayErrorReporter } from "../diagnostics/error-reporter.js";
import { GatewayError } from "../gateway-error.js";

const MAX_WAITING = 10_000;

/** Calls of ports that failed and are repeated with the next renewal of the lease. */
export class RetryQueue {
  readonly #report: GatewayErrorReporter;
  #waiting: (() => unknown)[] = [];

  constructor(report: GatewayErrorReporter) {
    this.#report = report;
  }

  /**
   * @param attempt does not reject; if it fails again, it adds itself again
   * @returns false if the queue is full: then it is dropped, which is reported
   */
  add(attempt: () => unknown): boolean {
    if (this.#waiting.length === MAX_WAITING) {
      this.#report(
        new GatewayError("IM_ERR_GATEWAY_STATE", "too many calls of the directory wait to be repeated: one is dropped"),
        { during: "directory" },
      );
      return false;
    }
    this.#waiting.push(attempt);
    return true;
  }

  run(): void {
    const due = this.#waiting;
    this.#waiting = [];
    for (const attempt of due) attempt();
  }
}
