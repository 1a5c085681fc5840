import type { GatewaySettings } from "../gateway-options.js";
import type { SessionRecord } from "../ports/session-directory.js";
import { withTimeout } from "../ports/with-timeout.js";
import type { PresenceEvent, PresenceEvents, PresenceListener } from "./presence-events.js";

/** Which accounts are online, and where. */
export class Presence {
  readonly #settings: Pick<GatewaySettings, "directory" | "portTimeoutMs">;
  readonly #events: PresenceEvents;

  constructor(settings: Pick<GatewaySettings, "directory" | "portTimeoutMs">, events: PresenceEvents) {
    this.#settings = settings;
    this.#events = events;
  }

  /**
   * The sessions of an account, on all gateways, one for each device.
   *
   * @throws what the directory throws, `IM_ERR_PORT_TIMEOUT`
   */
  where(account: string): Promise<readonly SessionRecord[]> {
    return this.#find([account]);
  }

  /** Which of the accounts have a session, on any gateway. @throws as {@link where} */
  async online(accounts: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set((await this.#find(accounts)).map(({ account }) => account));
  }

  async #find(accounts: readonly string[]): Promise<readonly SessionRecord[]> {
    const { directory, portTimeoutMs } = this.#settings;
    return withTimeout(directory.find(accounts), portTimeoutMs, "directory.find");
  }

  /**
   * Calls a listener when an account goes online or offline through a session of this gateway. What a listener throws, or
   * rejects with, is reported to `onError` (`during: "presence"`).
   *
   * @returns a function that removes the listener
   */
  on(event: PresenceEvent, listener: PresenceListener): () => void {
    return this.#events.on(event, listener);
  }
}
