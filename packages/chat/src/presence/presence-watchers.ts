import type { Session } from "@im/gateway";
import type { ChatGateway } from "../chat-gateway.js";
import { chatCommands } from "../commands/chat-commands.js";
import { encode } from "../delivery/extension-pushes.js";

/** Sessions of this gateway that get the comings and goings of accounts that they have named. */
export class PresenceWatchers {
  readonly #gateway: Pick<ChatGateway, "push" | "sessions">;
  readonly #accounts = new Map<Session, readonly string[]>();
  readonly #watchers = new Map<string, Set<Session>>();

  constructor(gateway: Pick<ChatGateway, "push" | "sessions">) {
    this.#gateway = gateway;
  }

  /** In place of what the session watched before. */
  watch(session: Session, accounts: readonly string[]): void {
    this.#forget(session);
    this.#forgetEnded();
    if (accounts.length === 0) return;
    this.#accounts.set(session, accounts);
    for (const account of accounts) {
      const watchers = this.#watchers.get(account) ?? new Set();
      this.#watchers.set(account, watchers.add(session));
    }
  }

  changed(account: string, isOnline: boolean): void {
    const watchers = this.#watchers.get(account);
    if (!watchers) return;
    const body = encode(chatCommands.presence, { states: [{ account, isOnline: isOnline ? 1 : 0 }] });
    void this.#gateway.push([...watchers], chatCommands.presence, body);
  }

  /** A session's end is seen by its absence; looking once for many ends costs little. */
  #forgetEnded(): void {
    const open = this.#gateway.sessions();
    if (this.#accounts.size <= 2 * open.size + 16) return;
    const live = new Set(open);
    for (const session of this.#accounts.keys()) if (!live.has(session)) this.#forget(session);
  }

  #forget(session: Session): void {
    for (const account of this.#accounts.get(session) ?? []) {
      const watchers = this.#watchers.get(account)!;
      watchers.delete(session);
      if (watchers.size === 0) this.#watchers.delete(account);
    }
    this.#accounts.delete(session);
  }
}
