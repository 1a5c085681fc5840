import { startTimer } from "@im/transport-core/internal";
import type { GatewaySettings } from "../gateway-options.js";
import { withTimeout } from "../ports/with-timeout.js";

/** Failed calls are repeated with each renewal, so the lease is renewed at least this often, however long it is. */
const MAX_RENEWAL_WAIT_MS = 10_000;

export interface LeaseEvents {
  /** The lease is over: the sessions of this gateway may have been displaced unseen. */
  lost(): void;
  /** The directory has answered: calls that failed may be repeated. */
  renewed(): void;
  /** The lease is about to be retired. */
  ending(): void;
}

/** Renews this gateway's lease in the directory, and reports when it was lost. */
export class Lease {
  readonly #settings: GatewaySettings;
  readonly #events: LeaseEvents;
  #timer: ReturnType<typeof startTimer>;
  /** When the lease is over by our own clock. */
  #heldUntilMs = Number.NEGATIVE_INFINITY;
  /** Fires then, even if the directory does not answer. */
  #fence: ReturnType<typeof startTimer>;
  #ended = false;

  constructor(settings: GatewaySettings, events: LeaseEvents) {
    this.#settings = settings;
    this.#events = events;
  }

  /**
   * Whether it is held by our own clock. The directory's may go on, if it renewed the lease and its answer was lost or late.
   * A process that stood still knows before its timers fire.
   */
  get isHeld(): boolean {
    return performance.now() < this.#heldUntilMs;
  }

  async begin(): Promise<void> {
    await this.#prolong();
    this.#renewLater();
  }

  async end(): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#fence);
    this.#events.ending();
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
      if (!hadLease) this.#events.lost();
      this.#events.renewed();
    } catch (error) {
      this.#settings.report(error, { during: "directory" });
    }
    this.#renewLater();
  }

  /** @returns whether there was a lease */
  async #prolong(): Promise<boolean> {
    const { directory, gatewayId, leaseMs, portTimeoutMs } = this.#settings;
    // The directory counts from a later time, so its lease outlives ours.
    const startMs = performance.now();
    const timeoutMs = Math.min(portTimeoutMs, leaseMs / 3);
    const hadLease = await withTimeout(directory.renew(gatewayId, leaseMs), timeoutMs, "directory.renew");
    clearTimeout(this.#fence);
    if (this.#ended) return hadLease;
    this.#heldUntilMs = startMs + leaseMs;
    this.#fence = startTimer(() => this.#isOver(), this.#heldUntilMs - performance.now());
    return hadLease;
  }

  #isOver(): void {
    // A timer may fire a millisecond early.
    this.#heldUntilMs = Number.NEGATIVE_INFINITY;
    this.#events.lost();
  }

  async #retire(): Promise<void> {
    const { directory, gatewayId, portTimeoutMs } = this.#settings;
    await withTimeout(directory.retire(gatewayId), portTimeoutMs, "directory.retire");
  }
}
