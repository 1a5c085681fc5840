import type { Session } from "@im/gateway";
import { startTimer } from "@im/transport-core/internal";
import type { PresenceWatchers } from "./presence-watchers.js";
import type { SteadyPresence } from "./steady-presence.js";

/** Accounts of one call of the directory. */
const ACCOUNTS_AT_ONCE = 500;
/** How often all watched accounts are looked up, for news that were lost, and for gateways that have died. */
const CHECK_EVERY_MS = 30_000;

/** Why an account is looked up: it has come, it has gone for good, or nobody said anything. */
type Occasion = "came" | "went" | "check";

/**
 * Keeps what watchers know of accounts on all gateways true. Whatever is heard of an account, the directory is asked, by one call
 * at a time: so the last answer is newer than all that was heard. Nobody announces the end of a gateway that has died: its
 * accounts have gone when two checks have not found them.
 */
export class WatchedPresence {
  readonly #presence: Pick<SteadyPresence, "online">;
  readonly #watchers: PresenceWatchers;
  readonly #report: (error: unknown) => void;
  readonly #waiting = new Map<string, Occasion>();
  /** Accounts that the last check did not find, though their watchers know them as online. */
  readonly #missing = new Set<string>();
  #isLooking = false;
  #timer: ReturnType<typeof startTimer>;
  #isOver = false;

  constructor(presence: Pick<SteadyPresence, "online">, watchers: PresenceWatchers, report: (error: unknown) => void) {
    this.#presence = presence;
    this.#watchers = watchers;
    this.#report = report;
  }

  /** Which of the accounts are online. In the grace of another gateway, they are for those who have been told so. */
  async online(accounts: readonly string[]): Promise<ReadonlySet<string>> {
    const found = await this.#presence.online(accounts);
    return new Set(accounts.filter((account) => found.has(account) || this.#watchers.isOnline(account)));
  }

  /** From now on the session is told about these accounts, and no others. @returns which of them are online */
  async watch(session: Session, accounts: readonly string[]): Promise<ReadonlySet<string>> {
    // Before the look: what changes between the two is pushed.
    this.#watchers.watch(session, accounts);
    this.#checkLater();
    const online = await this.online(accounts);
    for (const account of accounts) this.#watchers.became(account, online.has(account), session);
    return online;
  }

  /** An account has come, or has gone for good. */
  heard(account: string, isOnline: boolean): void {
    if (!this.#watchers.isWatched(account)) return;
    this.#lookUp(account, isOnline ? "came" : "went");
  }

  /** Tells nobody anything more. */
  stop(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  #checkLater(): void {
    if (this.#timer || this.#isOver || !this.#watchers.areThere) return;
    this.#timer = startTimer(() => this.#check(), CHECK_EVERY_MS);
    (this.#timer as { unref?(): void } | undefined)?.unref?.();
  }

  #check(): void {
    this.#timer = undefined;
    this.#watchers.forgetEnded();
    for (const account of this.#missing) if (!this.#watchers.isOnline(account)) this.#missing.delete(account);
    for (const account of this.#watchers.watched) this.#lookUp(account, "check");
    this.#checkLater();
  }

  #lookUp(account: string, occasion: Occasion): void {
    if (this.#waiting.get(account) !== "went") this.#waiting.set(account, occasion);
    if (this.#isLooking) return;
    this.#isLooking = true;
    void this.#lookAll();
  }

  async #lookAll(): Promise<void> {
    while (this.#waiting.size > 0 && !this.#isOver) {
      const accounts = new Map([...this.#waiting].slice(0, ACCOUNTS_AT_ONCE));
      for (const account of accounts.keys()) this.#waiting.delete(account);
      try {
        const online = await this.#presence.online([...accounts.keys()]);
        if (this.#isOver) return;
        for (const [account, occasion] of accounts) this.#found(account, occasion, online.has(account));
      } catch (error) {
        // The next check asks again.
        this.#report(error);
      }
    }
    this.#isLooking = false;
  }

  #found(account: string, occasion: Occasion, isOnline: boolean): void {
    const wasMissing = this.#missing.delete(account);
    if (isOnline) this.#watchers.became(account, true);
    else if (occasion === "went" || wasMissing) this.#watchers.became(account, false);
    else if (occasion === "check" && this.#watchers.isOnline(account)) this.#missing.add(account);
  }
}
