import { startTimer } from "@im/transport-core/authoring";
import type { GatewaySettings } from "../gateway-options.js";
import { inTime } from "../ports/in-time.js";
import type { Repeater } from "./repeater.js";

/** What failed is repeated with a renewal, so there is one at least this often, however long the lease. */
const MAX_RENEWAL_WAIT_MS = 10_000;

/** Keeps this gateway's lease in the directory, and finds out when it was lost. */
export class Lease {
  readonly #settings: GatewaySettings;
  readonly #repeater: Repeater;
  readonly #lost: () => void;
  #timer: ReturnType<typeof startTimer>;
  /** Fires when the lease is over by our own clock, whatever the directory says or does not say. */
  #fence: ReturnType<typeof startTimer>;
  #ended = false;

  /** @param lost called when the lease is over: the sessions of this gateway may be displaced unseen */
  constructor(settings: GatewaySettings, repeater: Repeater, lost: () => void) {
    this.#settings = settings;
    this.#repeater = repeater;
    this.#lost = lost;
  }

  async begin(): Promise<void> {
    await this.#prolong();
    this.#renewLater();
  }

  async end(): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#fence);
    this.#repeater.run();
    await this.#retire();
  }

  #renewLater(): void {
    if (this.#ended) return;
    const waitMs = Math.min(this.#settings.leaseMs / 3, MAX_RENEWAL_WAIT_MS);
    this.#timer = startTimer(() => void this.#renew(), waitMs);
  }

  async #renew(): Promise<void> {
    try {
      const hadLease = await this.#prolong();
      if (this.#ended) return void (await this.#retire());
      if (!hadLease) this.#lost();
      this.#repeater.run();
    } catch (error) {
      this.#settings.report(error, { during: "directory" });
    }
    this.#renewLater();
  }

  /** @returns whether there was a lease */
  async #prolong(): Promise<boolean> {
    const { directory, gatewayId, leaseMs, portTimeoutMs } = this.#settings;
    // The directory counts from later, so its lease outlives ours.
    const startMs = performance.now();
    const timeoutMs = Math.min(portTimeoutMs, leaseMs / 3);
    const hadLease = await inTime(directory.renew(gatewayId, leaseMs), timeoutMs, "directory.renew");
    clearTimeout(this.#fence);
    if (!this.#ended) this.#fence = startTimer(this.#lost, startMs + leaseMs - performance.now());
    return hadLease;
  }

  async #retire(): Promise<void> {
    const { directory, gatewayId, portTimeoutMs } = this.#settings;
    await inTime(directory.retire(gatewayId), portTimeoutMs, "directory.retire");
  }
}
