import type { GatewayErrorReporter } from "../diagnostics/error-reporter.js";
import { GatewayError } from "../gateway-error.js";

const MAX_WAITING = 10_000;

/** What could not be done because a port failed, to be tried again with the next renewal of the lease. */
export class RetryQueue {
  readonly #report: GatewayErrorReporter;
  #waiting: (() => unknown)[] = [];

  constructor(report: GatewayErrorReporter) {
    this.#report = report;
  }

  /**
   * @param attempt does not reject; when it fails again it asks for another repetition
   * @returns false if too much waits already: then it is not repeated, which is reported
   */
  add(attempt: () => unknown): boolean {
    if (this.#waiting.length === MAX_WAITING) {
      this.#report(new GatewayError("IM_ERR_GATEWAY_STATE", "too much waits to be repeated"), { during: "directory" });
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
