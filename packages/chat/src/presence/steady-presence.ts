import type { PresenceEvent, SessionEnd } from "@im/gateway";
import { ifRejected, startTimer } from "@im/transport-core/internal";
import type { ChatGateway } from "../chat-gateway.js";

type Listener = (account: string) => unknown;
type Timer = ReturnType<typeof startTimer>;

/**
 * Presence without flicker: an account that loses its last connection is online for a grace, in which most come back. After a
 * sign-out or a kick-out it is offline at once.
 */
export class SteadyPresence {
  readonly #presence: ChatGateway["presence"];
  readonly #graceMs: number;
  readonly #report: (error: unknown) => void;
  readonly #listeners: Readonly<Record<PresenceEvent, Set<Listener>>> = { online: new Set(), offline: new Set() };
  /** The accounts in their grace. */
  readonly #leaving = new Map<string, Timer>();
  readonly #stops: readonly (() => void)[];

  constructor(presence: ChatGateway["presence"], graceMs: number, report: (error: unknown) => void) {
    this.#presence = presence;
    this.#graceMs = graceMs;
    this.#report = report;
    this.#stops = [
      presence.on("online", (account) => this.#came(account)),
      presence.on("offline", (account, _, end) => this.#went(account, end)),
    ];
  }

  /**
   * Calls a listener when an account comes or goes through a session of this gateway. One that comes back at another gateway in its
   * grace comes there once more, and does not go here.
   *
   * @returns a function that removes the listener
   */
  on(event: PresenceEvent, listener: (account: string) => unknown): () => void {
    // Two removals of one listener that was added twice are two.
    const own: Listener = (account) => listener(account);
    this.#listeners[event].add(own);
    return () => void this.#listeners[event].delete(own);
  }

  /** Which of the accounts are online, those in their grace at this gateway included. @throws what the directory throws */
  async online(accounts: readonly string[]): Promise<ReadonlySet<string>> {
    const online = new Set(await this.#presence.online(accounts));
    for (const account of accounts) if (this.#leaving.has(account)) online.add(account);
    return online;
  }

  /** Emits nothing more. */
  stop(): void {
    for (const stop of this.#stops) stop();
    for (const timer of this.#leaving.values()) clearTimeout(timer);
    this.#leaving.clear();
  }

  #came(account: string): void {
    if (!this.#endGrace(account)) this.#emit("online", account);
  }

  #went(account: string, end: SessionEnd | undefined): void {
    this.#endGrace(account);
    if (end !== "disconnected") this.#emit("offline", account);
    else this.#beginGrace(account);
  }

  #beginGrace(account: string): void {
    const timer = startTimer(() => void this.#graceIsOver(account), this.#graceMs);
    (timer as { unref?(): void } | undefined)?.unref?.();
    this.#leaving.set(account, timer);
  }

  /** It may have come back at another gateway. */
  async #graceIsOver(account: string): Promise<void> {
    const timer = this.#leaving.get(account);
    try {
      const online = await this.#presence.online([account]);
      if (this.#leaving.get(account) !== timer) return;
      this.#leaving.delete(account);
      if (!online.has(account)) this.#emit("offline", account);
    } catch (error) {
      this.#report(error);
      if (this.#leaving.get(account) === timer) this.#beginGrace(account);
    }
  }

  #endGrace(account: string): boolean {
    clearTimeout(this.#leaving.get(account));
    return this.#leaving.delete(account);
  }

  #emit(event: PresenceEvent, account: string): void {
    for (const listener of this.#listeners[event]) {
      try {
        ifRejected(listener(account), this.#report);
      } catch (error) {
        this.#report(error);
      }
    }
  }
}
