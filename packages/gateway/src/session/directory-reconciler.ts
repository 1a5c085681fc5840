import { isThenable, startTimer } from "@im/transport-core/internal";
import type { GatewaySettings } from "../gateway-options.js";
import { withTimeout } from "../ports/with-timeout.js";
import type { PushGaps } from "../push/push-gaps.js";
import type { DirectoryHealth } from "./directory-health.js";
import type { LiveSession } from "./live-session.js";
import type { SessionEvictor } from "./session-evictor.js";
import type { SessionRegistry } from "./session-registry.js";

/** Sessions per call of the directory; between two calls the gateway does other work. */
const SESSIONS_AT_ONCE = 500;

/**
 * Puts the sessions of this gateway back that the directory has lost, and ends those whose places newer sign-ins have. So a
 * displaced session ends even if its kick-out was lost, or the gateway that owed it has died.
 */
export class DirectoryReconciler {
  readonly #settings: GatewaySettings;
  readonly #registry: SessionRegistry;
  readonly #evictor: SessionEvictor;
  readonly #health: DirectoryHealth;
  readonly #gaps: PushGaps;
  #isRunning = false;
  /** Whether sessions may not have been found since the last run, though the directory has them. */
  #isLeaseLost = false;
  /** When all sessions were known to be found. */
  #completeAtMs = performance.now();

  constructor(
    settings: GatewaySettings,
    parts: {
      readonly registry: SessionRegistry;
      readonly evictor: SessionEvictor;
      readonly health: DirectoryHealth;
      readonly gaps: PushGaps;
    },
  ) {
    this.#settings = settings;
    this.#registry = parts.registry;
    this.#evictor = parts.evictor;
    this.#health = parts.health;
    this.#gaps = parts.gaps;
  }

  /**
   * Does nothing while another run is in progress. Does not reject: if the directory fails, the next run asks again.
   *
   * @param hadLease whether this gateway had a lease until now: without one its sessions are not found
   */
  async run(hadLease: boolean): Promise<void> {
    // A directory in memory loses nothing, and no other gateway displaces sessions in it.
    if (!this.#settings.sharesDirectory) return;
    this.#isLeaseLost ||= !hadLease;
    if (this.#isRunning) return;
    this.#isRunning = true;
    const startMs = performance.now();
    const sinceMs = this.#completeAtMs;
    const isLeaseLost = this.#isLeaseLost;
    const sessions = this.#registry.sessions();
    const restored: LiveSession[] = [];
    try {
      for (let at = 0; at < sessions.length; at += SESSIONS_AT_ONCE) {
        if (at > 0) await new Promise<void>((resolve) => startTimer(resolve, 0));
        restored.push(...(await this.#restore(sessions.slice(at, at + SESSIONS_AT_ONCE).filter(isInPlace))));
      }
      this.#completeAtMs = startMs;
      this.#isLeaseLost &&= !isLeaseLost;
    } catch (error) {
      this.#settings.report(error, { during: "directory" });
    } finally {
      this.#isRunning = false;
    }
    if (restored.length > 0) this.#settings.hooks.restored?.(restored.length);
    this.#gaps.tell(isLeaseLost ? sessions.filter(isInPlace) : restored, sinceMs);
  }

  /** @returns those that the directory had lost */
  async #restore(sessions: readonly LiveSession[]): Promise<readonly LiveSession[]> {
    if (sessions.length === 0) return [];
    const { directory, portTimeoutMs, maxDevicesPerAccount: maxDevices } = this.#settings;
    const entered = sessions.map(({ record: session, epoch }) => ({ session, epoch }));
    const restoring = directory.restore(entered, { maxDevices });
    if (isThenable(restoring)) markRestoring(sessions, restoring);
    const results = await withTimeout(restoring, portTimeoutMs, "directory.restore");
    const restored: LiveSession[] = [];
    for (const [index, session] of sessions.entries()) {
      const { outcome, displaced } = results[index]!;
      if (outcome === "restored") restored.push(session);
      this.#evictor.evictDisplaced(outcome === "displaced" && isInPlace(session) ? [session.record] : displaced);
    }
    if (restored.length > 0) this.#health.lostData();
    return restored;
  }
}

/** Whether it should stand in the directory. */
function isInPlace({ isEntered, end, isClosing }: LiveSession): boolean {
  return isEntered && end === undefined && !isClosing;
}

/** Until the directory has answered, the call may put a session back that has left meanwhile. */
function markRestoring(sessions: readonly LiveSession[], call: PromiseLike<unknown>): void {
  const settled = Promise.resolve(call).then(
    () => {},
    () => {},
  );
  for (const session of sessions) session.restoring = [...session.restoring, settled];
  void settled.then(() => {
    for (const session of sessions) session.restoring = session.restoring.filter((one) => one !== settled);
  });
}
