import { ifRejected } from "@im/transport-core/internal";
import type { GatewaySettings } from "../gateway-options.js";
import type { LiveSession } from "../session/live-session.js";
import type { Session, SessionEnd } from "../session/session.js";

/** `online`: an account has signed in on its first device. `offline`: its last session has ended. */
export type PresenceEvent = "online" | "offline";

/** @param end how the last session ended; undefined for `online` */
export type PresenceListener = (account: string, session: Session, end: SessionEnd | undefined) => unknown;

type PresentSession = Pick<LiveSession, "account" | "handle" | "isEntered" | "end">;

/** Emits when accounts go online and offline through sessions of this gateway. */
export class PresenceEvents {
  readonly #settings: Pick<GatewaySettings, "report">;
  readonly #listeners: Readonly<Record<PresenceEvent, Set<PresenceListener>>> = {
    online: new Set(),
    offline: new Set(),
  };

  /**
   * The sessions here that enter or have entered, and have not left, by account. The first that finds the account offline emits it
   * for all.
   */
  readonly #present = new Map<string, Set<PresentSession>>();

  constructor(settings: Pick<GatewaySettings, "report">) {
    this.#settings = settings;
  }

  /** @returns a function that removes the listener */
  on(event: PresenceEvent, listener: PresenceListener): () => void {
    const listeners = this.#listeners[event];
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  /** The directory is asked to enter the session, or may have entered it and is asked to remove it. */
  entering(session: PresentSession): void {
    const present = this.#present.get(session.account);
    if (present) present.add(session);
    else this.#present.set(session.account, new Set([session]));
  }

  /** @param isFirst whether the account had no session before this one, on any gateway */
  entered(session: PresentSession, isFirst: boolean): void {
    // Answers of the directory may overtake each other: "offline" was emitted while it entered.
    const isOvertaken = !this.#present.get(session.account)?.has(session);
    this.entering(session);
    if (isFirst || isOvertaken) this.#raise("online", session);
  }

  /** @param isOffline whether the account had no session any more when this one left, on any gateway */
  left(session: PresentSession, isOffline: boolean): void {
    const { account } = session;
    const present = this.#present.get(account);
    // Offline was emitted for it already.
    if (!present?.delete(session)) return;
    // An answer of the directory may overtake an earlier one: then the account is online again. The last to leave emits.
    const isEmitted = isOffline && ![...present].some(isLive);
    if (isEmitted || present.size === 0) this.#present.delete(account);
    if (isEmitted) this.#raise("offline", session);
  }

  #raise(event: PresenceEvent, { handle: session, end }: PresentSession): void {
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

/** Whether it stands in the directory and has not ended. */
function isLive({ isEntered, end }: PresentSession): boolean {
  return isEntered && end === undefined;
}
