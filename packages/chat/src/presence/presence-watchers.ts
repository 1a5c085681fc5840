import type { Session } from "@im/gateway";
import type { ChatGateway } from "../chat-gateway.js";
import { chatCommands } from "../commands/chat-commands.js";
import { encode } from "../delivery/extension-pushes.js";

interface Watched {
  readonly sessions: Set<Session>;
  /** What they were told; undefined until the first has been answered. */
  isOnline: boolean | undefined;
}

/** Sessions of this gateway that are told when accounts that they have named come or go, each change once. */
export class PresenceWatchers {
  readonly #gateway: Pick<ChatGateway, "push" | "sessions">;
  readonly #accounts = new Map<Session, readonly string[]>();
  readonly #watched = new Map<string, Watched>();

  constructor(gateway: Pick<ChatGateway, "push" | "sessions">) {
    this.#gateway = gateway;
  }

  /** Whether anybody watches. */
  get areThere(): boolean {
    return this.#watched.size > 0;
  }

  /** The accounts that somebody watches. */
  get watched(): Iterable<string> {
    return this.#watched.keys();
  }

  isWatched(account: string): boolean {
    return this.#watched.has(account);
  }

  /** Whether the watchers of an account know it as online. */
  isOnline(account: string): boolean {
    return this.#watched.get(account)?.isOnline === true;
  }

  /** In place of what the session watched before. */
  watch(session: Session, accounts: readonly string[]): void {
    if (this.#accounts.size > 2 * this.#gateway.sessions().size + 16) this.forgetEnded();
    for (const account of accounts) {
      const watched = this.#watched.get(account) ?? { sessions: new Set(), isOnline: undefined };
      this.#watched.set(account, watched);
      watched.sessions.add(session);
    }
    const kept = new Set(accounts);
    this.#forget(session, (account) => !kept.has(account));
    if (accounts.length > 0) this.#accounts.set(session, accounts);
  }

  /** Tells the watchers of the account, but those that know it, and `asking`, which is answered. */
  became(account: string, isOnline: boolean, asking?: Session): void {
    const watched = this.#watched.get(account);
    if (!watched || watched.isOnline === isOnline) return;
    watched.isOnline = isOnline;
    const others = [...watched.sessions].filter((session) => session !== asking);
    const body = encode(chatCommands.presence, { states: [{ account, isOnline: isOnline ? 1 : 0 }] });
    if (others.length > 0) void this.#gateway.push(others, chatCommands.presence, body);
  }

  /** A session's end is seen by its absence; looking once for many ends costs little. */
  forgetEnded(): void {
    const live = new Set(this.#gateway.sessions());
    for (const session of this.#accounts.keys()) if (!live.has(session)) this.#forget(session);
  }

  #forget(session: Session, isForgotten: (account: string) => boolean = () => true): void {
    for (const account of (this.#accounts.get(session) ?? []).filter(isForgotten)) {
      const { sessions } = this.#watched.get(account)!;
      sessions.delete(session);
      if (sessions.size === 0) this.#watched.delete(account);
    }
    this.#accounts.delete(session);
  }
}
