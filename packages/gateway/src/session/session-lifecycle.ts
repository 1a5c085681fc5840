import type { Conn } from "@im/transport-core";
import { isThenable } from "@im/transport-core/internal";
import { GatewayError } from "../gateway-error.js";
import type { GatewaySettings } from "../gateway-options.js";
import type { MaybePromise } from "../ports/maybe-promise.js";
import type { Entered } from "../ports/session-directory.js";
import { withTimeout } from "../ports/with-timeout.js";
import type { PresenceEvents } from "../presence/presence-events.js";
import type { DirectoryHealth } from "./directory-health.js";
import type { Lease } from "./lease.js";
import type { LiveSession } from "./live-session.js";
import type { RetryQueue } from "./retry-queue.js";
import type { SessionEvictor } from "./session-evictor.js";
import type { SessionRegistry } from "./session-registry.js";

/** Begins and ends sessions: keeps the directory, the registry and presence in step. */
export class SessionLifecycle {
  readonly #settings: GatewaySettings;
  readonly #registry: SessionRegistry;
  readonly #evictor: SessionEvictor;
  readonly #presence: PresenceEvents;
  readonly #retries: RetryQueue;
  readonly #lease: Pick<Lease, "isHeld">;
  readonly #health: Pick<DirectoryHealth, "isComplete">;

  constructor(
    settings: GatewaySettings,
    parts: {
      readonly registry: SessionRegistry;
      readonly evictor: SessionEvictor;
      readonly presence: PresenceEvents;
      readonly retries: RetryQueue;
      readonly lease: Pick<Lease, "isHeld">;
      readonly health: Pick<DirectoryHealth, "isComplete">;
    },
  ) {
    this.#settings = settings;
    this.#registry = parts.registry;
    this.#evictor = parts.evictor;
    this.#presence = parts.presence;
    this.#retries = parts.retries;
    this.#lease = parts.lease;
    this.#health = parts.health;
  }

  /**
   * Enters the session in the directory, and evicts those that it displaces. Rejects if the directory fails.
   *
   * @returns false if another session keeps the place, see `Entered.holder`
   * @throws `IM_ERR_LEASE_LOST` without a lease: the directory would not find the session
   */
  async begin(session: LiveSession, conn: Conn, isReconnect: boolean): Promise<boolean> {
    if (!this.#lease.isHeld) {
      throw new GatewayError("IM_ERR_LEASE_LOST", "the gateway has no lease: sign in again later");
    }
    this.#registry.register(session);
    this.#presence.entering(session);
    // A connection that ends before it has a channel reaches no StateListener.
    void conn.closed.then(() => (session.channel ? undefined : this.#disconnected(session)));
    const { directory, portTimeoutMs, maxDevicesPerAccount: maxDevices } = this.#settings;
    let entering: MaybePromise<Entered> | undefined;
    try {
      entering = directory.enter(session.record, { isReconnect, maxDevices });
      const { holder, epoch, displaced, isFirst } = await withTimeout(entering, portTimeoutMs, "directory.enter");
      if (holder) {
        this.#registry.unregister(session);
        this.#presence.left(session, false);
        return false;
      }
      session.epoch = epoch;
      session.isEntered = true;
      this.#presence.entered(session, isFirst);
      this.#evictor.evictDisplaced(displaced);
    } catch (error) {
      this.#registry.unregister(session);
      this.#undoEntry(session, entering);
      throw error;
    }
    // The connection may have ended while the directory was busy.
    if (session.end === "disconnected") await this.#leave(session);
    return true;
  }

  /**
   * Undoes an entry of which this gateway does not know whether the directory has made it, or will make it later. Sessions that
   * it has displaced unseen are put back by their gateways.
   */
  #undoEntry(session: LiveSession, entering: MaybePromise<Entered> | undefined): void {
    session.finish("disconnected");
    const left = this.#leaveUnseen(session);
    if (!isThenable(entering)) return;
    const enteredLate = async ({ displaced }: Entered) => {
      this.#evictor.evictDisplaced(displaced);
      await left;
      await this.#leaveUnseen(session);
    };
    const failed = (error: unknown) => this.#settings.report(error, { during: "directory", session: session.handle });
    Promise.resolve(entering)
      .then(enteredLate, () => {})
      .catch(failed);
  }

  /** Ends the session; the connection stays for now. */
  async signOut(session: LiveSession): Promise<void> {
    if (session.finish("signed out")) await this.#leave(session);
  }

  /** The connection of a session has ended. */
  async disconnected(channelId: string): Promise<void> {
    const session = this.#registry.session(channelId);
    if (session) await this.#disconnected(session);
  }

  async #disconnected(session: LiveSession): Promise<void> {
    this.#registry.unregister(session);
    session.finish("disconnected");
    await this.#leave(session);
  }

  /** Leaves the directory, which may have the session though this gateway has not seen it enter. */
  #leaveUnseen(session: LiveSession): Promise<void> {
    session.isEntered = true;
    this.#presence.entering(session);
    return this.#leave(session, true);
  }

  /** Leaves the directory, if the session still has its place. If that fails it is repeated later. */
  async #leave(session: LiveSession, isUndone = false): Promise<void> {
    if (!session.isEntered) return;
    session.isEntered = false;
    if (session.restoring.length > 0) await this.#untilRestored(session);
    try {
      const isLast = await this.#wasLast(session, isUndone);
      if (isLast && !this.#health.isComplete) this.#lookAgain(session);
      else this.#presence.left(session, isLast);
    } catch (error) {
      session.isEntered = true;
      this.#settings.report(error, { during: "directory", session: session.handle });
      if (!this.#retries.add(() => this.#leave(session, isUndone))) this.#presence.left(session, false);
    }
  }

  /** Waits for calls that put the session back. If one takes too long, the session leaves once more when that has settled. */
  async #untilRestored(session: LiveSession): Promise<void> {
    try {
      await withTimeout(Promise.all(session.restoring), this.#settings.portTimeoutMs, "directory.restore");
    } catch {
      for (const one of session.restoring) void one.then(() => this.#leaveUnseen(session));
    }
  }

  /** Looks for sessions of the account again once all gateways have put theirs back: then it may be offline. */
  #lookAgain(session: LiveSession): void {
    const { directory, portTimeoutMs, report } = this.#settings;
    const look = async () => {
      if (!this.#health.isComplete) return this.#lookAgain(session);
      try {
        const found = await withTimeout(directory.find([session.account]), portTimeoutMs, "directory.find");
        this.#presence.left(session, found.length === 0);
      } catch (error) {
        report(error, { during: "directory", session: session.handle });
        this.#lookAgain(session);
      }
    };
    if (!this.#retries.add(look)) this.#presence.left(session, false);
  }

  /** Leaves the directory. @returns whether the account has no session any more */
  async #wasLast(session: LiveSession, isUndone: boolean): Promise<boolean> {
    const { directory, portTimeoutMs } = this.#settings;
    const { removed, isLast } = await withTimeout(directory.leave(session.record), portTimeoutMs, "directory.leave");
    if (removed) return isLast;
    // It has never been in its place; or the session that displaced it emits the end of both.
    if (isUndone || session.isDisplaced) return false;
    // It went with a lost lease, or an answer of the directory was lost; or its kick-out has not come yet.
    const found = await withTimeout(directory.find([session.account]), portTimeoutMs, "directory.find");
    return found.length === 0;
  }
}
