import { ifRejected } from "@im/transport-core/internal";
import type { GatewaySettings } from "../gateway-options.js";
import type { Session, SessionEnd } from "../session/session.js";

/** `online`: an account has signed in on its first device. `offline`: its last session has ended. */
export type PresenceEvent = "online" | "offline";

/** @param end how the last session ended; undefined for `online` */
export type PresenceListener = (account: string, session: Session, end: SessionEnd | undefined) => unknown;

/** Emits when accounts go online and offline through sessions of this gateway. */
export class PresenceEvents {
  readonly #settings: Pick<GatewaySettings, "report">;
  readonly #listeners: Readonly<Record<PresenceEvent, Set<PresenceListener>>> = {
    online: new Set(),
    offline: new Set(),
  };

  /** The sessions here that have not left, by account. The first that finds the account offline emits it for all. */
  readonly #present = new Map<string, Set<Session>>();

  constructor(settings: Pick<GatewaySettings, "report">) {
    this.#settings = settings;
  }

  /** @returns a function that removes the listener */
  on(event: PresenceEvent, listener: PresenceListener): () => void {
    const listeners = this.#listeners[event];
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  /** @param isFirst whether the account had no session before this one, on any gateway */
  entered(session: Session, isFirst: boolean): void {
    const present = isFirst ? undefined : this.#present.get(session.account);
    if (present) present.add(session);
    else this.#present.set(session.account, new Set([session]));
    if (isFirst) this.#raise("online", session);
  }

  /** @param isOffline whether the account has no session any more, on any gateway */
  left(session: Session, isOffline: boolean, end: SessionEnd | undefined): void {
    const { account } = session;
    const present = this.#present.get(account);
    // Offline was emitted, or the account came online again, while this session was leaving.
    if (!present?.delete(session)) return;
    if (isOffline || present.size === 0) this.#present.delete(account);
    if (isOffline) this.#raise("offline", session, end);
  }

  #raise(event: PresenceEvent, session: Session, end?: SessionEnd): void {
    const failed = (error: unknown) => this.#settings.report(error, { during: "presence", session });
    for (const listener of this.#listeners[event]) {
      try {
        ifRejected(listener(session.account, session, end), failed);
      } catch (error) {
        failed(error);
      }
    }
  }
}
