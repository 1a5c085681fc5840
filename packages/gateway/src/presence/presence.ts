import { ifRejected } from "@im/transport-core/authoring";
import type { GatewayErrorReporter } from "../diagnostics/error-reporter.js";
import type { MaybePromise } from "../ports/maybe-promise.js";
import type { SessionDirectory, SessionRecord } from "../ports/session-directory.js";
import type { Session } from "../session/session.js";

/** Said when an account signs in on its first device, and when its last session is gone. */
export type PresenceEvent = "online" | "offline";

export type PresenceListener = (account: string, session: Session) => unknown;

/** Who is there, and where. */
export class Presence {
  readonly #directory: SessionDirectory;
  readonly #report: GatewayErrorReporter;
  readonly #listeners: Readonly<Record<PresenceEvent, Set<PresenceListener>>> = {
    online: new Set(),
    offline: new Set(),
  };

  constructor(directory: SessionDirectory, report: GatewayErrorReporter) {
    this.#directory = directory;
    this.#report = report;
  }

  /** The sessions of an account, on all gateways, one for each device. */
  async where(account: string): Promise<readonly SessionRecord[]> {
    return this.#directory.find([account]);
  }

  /** Which of the accounts have a session, on any gateway. */
  async online(accounts: readonly string[]): Promise<ReadonlySet<string>> {
    const sessions: MaybePromise<readonly SessionRecord[]> = this.#directory.find(accounts);
    return new Set((await sessions).map(({ account }) => account));
  }

  /**
   * Tells of accounts that come and go through this gateway; each event is told where it happens. What a listener
   * throws is reported to `onError` (`during: "presence"`).
   *
   * @returns a function that ends it
   */
  on(event: PresenceEvent, listener: PresenceListener): () => void {
    const listeners = this.#listeners[event];
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  /** @internal */
  raise(event: PresenceEvent, session: Session): void {
    const failed = (error: unknown) => this.#report(error, { during: "presence", session });
    for (const listener of this.#listeners[event]) {
      try {
        ifRejected(listener(session.account, session), failed);
      } catch (error) {
        failed(error);
      }
    }
  }
}
