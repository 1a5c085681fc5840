import { startTimer } from "@im/transport-core/authoring";
import type { GatewaySettings } from "../gateway-options.js";
import type { Repeater } from "./repeater.js";

/** Keeps this gateway's lease in the directory, and finds out when it was lost. */
export class Lease {
  readonly #settings: GatewaySettings;
  readonly #repeater: Repeater;
  readonly #lost: () => void;
  #timer: ReturnType<typeof startTimer>;
  #ended = false;

  /** @param lost called when the directory had forgotten this gateway: its sessions may have been displaced unseen */
  constructor(settings: GatewaySettings, repeater: Repeater, lost: () => void) {
    this.#settings = settings;
    this.#repeater = repeater;
    this.#lost = lost;
  }

  async begin(): Promise<void> {
    const { directory, gatewayId, leaseMs } = this.#settings;
    await directory.renew(gatewayId, leaseMs);
    this.#renewLater();
  }

  async end(): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#repeater.run();
    const { directory, gatewayId } = this.#settings;
    await directory.retire(gatewayId);
  }

  #renewLater(): void {
    const { leaseMs } = this.#settings;
    if (!this.#ended) this.#timer = startTimer(() => void this.#renew(), leaseMs / 3);
  }

  async #renew(): Promise<void> {
    const { directory, gatewayId, leaseMs, report } = this.#settings;
    try {
      const hadLease = await directory.renew(gatewayId, leaseMs);
      if (this.#ended) return void (await directory.retire(gatewayId));
      if (!hadLease) this.#lost();
      this.#repeater.run();
    } catch (error) {
      report(error, { during: "directory" });
    }
    this.#renewLater();
  }
}
