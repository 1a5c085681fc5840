import { startTimer } from "@im/transport-core/internal";
import { GatewayCloseCode } from "../gateway-close-code.js";
import type { GatewaySettings } from "../gateway-options.js";
import { withTimeout } from "../ports/with-timeout.js";
import type { LiveSession } from "./live-session.js";
import type { SessionEvictor } from "./session-evictor.js";
import type { SessionRegistry } from "./session-registry.js";

/** So many accounts are asked for at once; between two questions the gateway does other work. */
const ACCOUNTS_AT_ONCE = 500;

/**
 * Compares the sessions of this gateway with the directory, and ends those whose place is not theirs any more. So no session
 * that was displaced stays, whoever failed to tell of it, or died before.
 */
export class DirectoryReconciler {
  readonly #settings: GatewaySettings;
  readonly #registry: SessionRegistry;
  readonly #evictor: SessionEvictor;
  #isAtWork = false;

  constructor(settings: GatewaySettings, registry: SessionRegistry, evictor: SessionEvictor) {
    this.#settings = settings;
    this.#registry = registry;
    this.#evictor = evictor;
  }

  /** Does nothing while it is at work. Does not reject: what the directory cannot say is asked again the next time. */
  async run(): Promise<void> {
    // A directory that nobody else has gives no place to others.
    if (this.#isAtWork || !this.#settings.sharesDirectory) return;
    this.#isAtWork = true;
    try {
      const sessions = this.#registry.sessions();
      for (let at = 0; at < sessions.length; at += ACCOUNTS_AT_ONCE) {
        if (at > 0) await new Promise<void>((resolve) => startTimer(resolve, 0));
        await this.#check(sessions.slice(at, at + ACCOUNTS_AT_ONCE).filter(isInPlace));
      }
    } catch (error) {
      this.#settings.report(error, { during: "directory" });
    } finally {
      this.#isAtWork = false;
    }
  }

  /** @param sessions that the directory has taken: it knows them, or others in their places */
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
      else session.close(GatewayCloseCode.LeaseLost, "sign in again");
    }
  }
}

/** Whether it should stand in the directory. */
function isInPlace({ isEntered, end, isClosing }: LiveSession): boolean {
  return isEntered && end === undefined && !isClosing;
}
