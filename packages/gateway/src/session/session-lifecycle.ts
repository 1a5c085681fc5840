import type { Conn } from "@im/transport-core";
import { isThenable } from "@im/transport-core/internal";
import { GatewayError } from "../gateway-error.js";
import type { GatewaySettings } from "../gateway-options.js";
import type { MaybePromise } from "../ports/maybe-promise.js";
import type { Entered } from "../ports/session-directory.js";
import { withTimeout } from "../ports/with-timeout.js";
import type { PresenceEvents } from "../presence/presence-events.js";
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

  constructor(
    settings: GatewaySettings,
    parts: {
      readonly registry: SessionRegistry;
      readonly evictor: SessionEvictor;
      readonly presence: PresenceEvents;
      readonly retries: RetryQueue;
      readonly lease: Pick<Lease, "isHeld">;
    },
  ) {
    this.#settings = settings;
    this.#registry = parts.registry;
    this.#evictor = parts.evictor;
    this.#presence = parts.presence;
    this.#retries = parts.retries;
    this.#lease = parts.lease;
  }

  /**
   * Enters the session in the directory, and evicts those that it displaces. Rejects if the directory fails.
   *
   * @returns false if another session keeps the place, see `Entered.holder`
   * @throws `IM_ERR_LEASE_LOST` without a lease: nothing would end the session with the lease that the directory may know
   */
  async begin(session: LiveSession, conn: Conn, isReconnect: boolean): Promise<boolean> {
    if (!this.#lease.isHeld) {
      throw new GatewayError("IM_ERR_LEASE_LOST", "the gateway has no lease: sign in again later");
    }
    this.#registry.register(session);
    // A connection that ends before it has a channel reaches no StateListener.
    void conn.closed.then(() => (session.channel ? undefined : this.#disconnected(session)));
    const { directory, portTimeoutMs, maxDevicesPerAccount: maxDevices } = this.#settings;
    let entering: MaybePromise<Entered> | undefined;
    try {
      entering = directory.enter(session.record, { isReconnect, maxDevices });
      const { holder, displaced, isFirst } = await withTimeout(entering, portTimeoutMs, "directory.enter");
      if (holder) {
        this.#registry.unregister(session);
        return false;
      }
      session.isEntered = true;
      this.#presence.entered(session.handle, isFirst);
      this.#evictor.evictDisplaced(displaced);
    } catch (error) {
      this.#registry.unregister(session);
      this.#undoEntry(session, entering, isReconnect);
      throw error;
    }
    // The connection may have ended while the directory was busy.
    if (session.end === "disconnected") await this.#leave(session);
    return true;
  }

  /** Undoes an entry of which this gateway does not know whether the directory has made it, or will make it later. */
  #undoEntry(session: LiveSession, entering: MaybePromise<Entered> | undefined, isReconnect: boolean): void {
    for (const other of this.#registry.othersOnDevice(session)) {
      const isUntouched = isReconnect && other.connectId !== session.connectId;
      if (!isUntouched) other.requireSignIn();
    }
    const leaveAgain = () => {
      session.isEntered = true;
      this.#presence.entered(session.handle, false);
      return this.#leave(session, true);
    };
    const left = leaveAgain();
    if (!isThenable(entering)) return;
    const enteredLate = async ({ displaced }: Entered) => {
      this.#evictor.evictDisplaced(displaced);
      await left;
      await leaveAgain();
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

  /** Leaves the directory, if the session still has its place. If that fails it is repeated later. */
  async #leave(session: LiveSession, isUndone = false): Promise<void> {
    if (!session.isEntered) return;
    session.isEntered = false;
    try {
      this.#presence.left(session.handle, await this.#wasLast(session, isUndone), session.end);
    } catch (error) {
      session.isEntered = true;
      this.#settings.report(error, { during: "directory", session: session.handle });
      if (!this.#retries.add(() => this.#leave(session, isUndone)))
        this.#presence.left(session.handle, false, session.end);
    }
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
