import { startTimer } from "@im/transport-core/internal";
import type { GatewaySettings } from "../gateway-options.js";
import { withTimeout } from "../ports/with-timeout.js";
import type { LiveSession } from "./live-session.js";
import type { SessionEvictor } from "./session-evictor.js";
import type { SessionRegistry } from "./session-registry.js";

/** Accounts per call of the directory; between two calls the gateway does other work. */
const ACCOUNTS_AT_ONCE = 500;

/**
 * Compares the sessions of this gateway with the directory, and ends those that have lost their places. So a displaced session
 * ends even if its kick-out was lost, or the gateway that owed it has died.
 */
export class DirectoryReconciler {
  readonly #settings: GatewaySettings;
  readonly #registry: SessionRegistry;
  readonly #evictor: SessionEvictor;
  #isRunning = false;

  constructor(settings: GatewaySettings, registry: SessionRegistry, evictor: SessionEvictor) {
    this.#settings = settings;
    this.#registry = registry;
    this.#evictor = evictor;
  }

  /** Does nothing while another run is in progress. Does not reject: if the directory fails, the next run asks again. */
  async run(): Promise<void> {
    // No other gateway displaces sessions in a directory in memory.
    if (this.#isRunning || !this.#settings.sharesDirectory) return;
    this.#isRunning = true;
    try {
      const sessions = this.#registry.sessions();
      for (let at = 0; at < sessions.length; at += ACCOUNTS_AT_ONCE) {
        if (at > 0) await new Promise<void>((resolve) => startTimer(resolve, 0));
        await this.#check(sessions.slice(at, at + ACCOUNTS_AT_ONCE).filter(isInPlace));
      }
    } catch (error) {
      this.#settings.report(error, { during: "directory" });
    } finally {
      this.#isRunning = false;
    }
  }

  /** @param sessions that have entered the directory */
  async #check(sessions: readonly LiveSession[]): Promise<void> {
    if (sessions.length === 0) return;
    const { directory, portTimeoutMs } = this.#settings;
    const accounts = [...new Set(sessions.map(({ account }) => account))];
    const found = await withTimeout(directory.find(accounts), portTimeoutMs, "directory.find");
    const channels = new Set(found.map(({ channelId }) => channelId));
    for (const session of sessions) {
      if (channels.has(session.channelId) || !isInPlace(session)) continue;
      const { account, device, record } = session;
      const isDisplaced = found.some((other) => other.account === account && other.device === device);
      if (isDisplaced) this.#evictor.evictDisplaced([record]);
      else session.requireSignIn();
    }
  }
}

/** Whether it should stand in the directory. */
function isInPlace({ isEntered, end, isClosing }: LiveSession): boolean {
  return isEntered && end === undefined && !isClosing;
}
