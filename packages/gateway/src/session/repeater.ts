import type { GatewayErrorReporter } from "../diagnostics/error-reporter.js";
import { GatewayError } from "../gateway-error.js";

const MAX_WAITING = 10_000;

/** What could not be done because a port failed, to be tried again with the next renewal of the lease. */
export class Repeater {
  readonly #report: GatewayErrorReporter;
  #waiting: (() => unknown)[] = [];

  constructor(report: GatewayErrorReporter) {
    this.#report = report;
  }

  /** @param attempt does not reject; when it fails again it asks for another repetition */
  repeat(attempt: () => unknown): void {
    if (this.#waiting.length < MAX_WAITING) this.#waiting.push(attempt);
    else
      this.#report(new GatewayError("IM_ERR_GATEWAY_STATE", "too much waits to be repeated"), { during: "directory" });
  }

  run(): void {
    const due = this.#waiting;
    this.#waiting = [];
    for (const attempt of due) attempt();
  }
}
