import type { DirectoryState } from "../diagnostics/directory-state.js";
import type { GatewaySettings } from "../gateway-options.js";

/** All gateways have put their sessions back by then, as each renews its lease every ten seconds at least. */
const MAX_REFILL_MS = 20_000;

/** Keeps the state of the directory, and calls a hook when it changes. */
export class DirectoryHealth {
  readonly #settings: Pick<GatewaySettings, "hooks" | "leaseMs">;
  #state: DirectoryState = "complete";
  #refilledAtMs = Number.NEGATIVE_INFINITY;

  constructor(settings: Pick<GatewaySettings, "hooks" | "leaseMs">) {
    this.#settings = settings;
  }

  /** Whether an account that has no session in the directory has none. */
  get isComplete(): boolean {
    return this.#state === "complete";
  }

  /** It has answered a renewal. */
  answered(): void {
    this.#become(performance.now() < this.#refilledAtMs ? "refilling" : "complete");
  }

  /** It had no lease of this gateway, or not all of its sessions. */
  lostData(): void {
    this.#refilledAtMs = performance.now() + Math.min(this.#settings.leaseMs, MAX_REFILL_MS);
    this.#become("refilling");
  }

  /** It has not answered a renewal. */
  failed(): void {
    this.#become("unreachable");
  }

  #become(state: DirectoryState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#settings.hooks.directoryState?.(state);
  }
}
