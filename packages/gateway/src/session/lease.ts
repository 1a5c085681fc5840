import { startTimer } from "@im/transport-core/internal";
import type { GatewaySettings } from "../gateway-options.js";
import { withTimeout } from "../ports/with-timeout.js";

/** Failed calls are repeated with each renewal, so the lease is renewed at least this often, however long it is. */
const MAX_RENEWAL_WAIT_MS = 10_000;
/** A renewal that has failed is tried again after this time at the latest. */
const MAX_RETRY_WAIT_MS = 1_000;

export interface LeaseEvents {
  /**
   * The directory has answered: calls that failed may be repeated.
   *
   * @param hadLease false if it had no lease any more: it may have no sessions of this gateway either
   */
  renewed(hadLease: boolean): void;
  /** The directory could not be reached, or did not answer. */
  failed(error: unknown): void;
  /** The lease is about to be retired. */
  ending(): void;
}

/** Renews this gateway's lease in the directory, and reports how that went. */
export class Lease {
  readonly #settings: GatewaySettings;
  readonly #events: LeaseEvents;
  #timer: ReturnType<typeof startTimer>;
  /** When the lease is over by our own clock. */
  #heldUntilMs = Number.NEGATIVE_INFINITY;
  #ended = false;

  constructor(settings: GatewaySettings, events: LeaseEvents) {
    this.#settings = settings;
    this.#events = events;
  }

  /** Whether it is held by our own clock. A process that stood still knows before its timers fire. */
  get isHeld(): boolean {
    return performance.now() < this.#heldUntilMs;
  }

  async begin(): Promise<void> {
    await this.#prolong();
    this.#renewLater(MAX_RENEWAL_WAIT_MS);
  }

  async end(): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#events.ending();
    await this.#retire();
  }

  #renewLater(maxWaitMs: number): void {
    if (this.#ended) return;
    const waitMs = Math.min(this.#settings.leaseMs / 3, maxWaitMs);
    this.#timer = startTimer(() => void this.#renew(), waitMs);
  }

  async #renew(): Promise<void> {
    try {
      const hadLease = await this.#prolong();
      if (this.#ended) return void (await this.#retire());
      this.#events.renewed(hadLease);
      this.#renewLater(MAX_RENEWAL_WAIT_MS);
    } catch (error) {
      this.#events.failed(error);
      this.#renewLater(MAX_RETRY_WAIT_MS);
    }
  }

  /** @returns whether there was a lease */
  async #prolong(): Promise<boolean> {
    const { directory, gatewayId, leaseMs, portTimeoutMs } = this.#settings;
    // The directory counts from a later time, so its lease outlives ours.
    const startMs = performance.now();
    const timeoutMs = Math.min(portTimeoutMs, leaseMs / 3);
    const hadLease = await withTimeout(directory.renew(gatewayId, leaseMs), timeoutMs, "directory.renew");
    if (!this.#ended) this.#heldUntilMs = startMs + leaseMs;
    return hadLease;
  }

  async #retire(): Promise<void> {
    const { directory, gatewayId, portTimeoutMs } = this.#settings;
    await withTimeout(directory.retire(gatewayId), portTimeoutMs, "directory.retire");
  }
}
