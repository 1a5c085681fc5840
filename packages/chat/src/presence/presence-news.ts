import { atEndOfTurn } from "@im/transport-core/internal";
import type { ChatGateway } from "../chat-gateway.js";
import { chatCommandMap } from "../commands/chat-command-map.js";
import { chatCommands } from "../commands/chat-commands.js";
import { encode } from "../delivery/extension-pushes.js";

/** Accounts that one announcement names. */
const MAX_ACCOUNTS = 1_000;

/**
 * What the chats of a cluster tell each other about presence: accounts that have come, or gone for good. News may be lost, and
 * may overtake each other, so whoever hears them asks the directory.
 */
export class PresenceNews {
  readonly #gateway: Pick<ChatGateway, "announce" | "onAnnouncement">;
  readonly #report: (error: unknown) => void;
  /** What has not been announced, by account. */
  #waiting = new Map<string, boolean>();
  #isAnnouncing = false;

  constructor(gateway: Pick<ChatGateway, "announce" | "onAnnouncement">, report: (error: unknown) => void) {
    this.#gateway = gateway;
    this.#report = report;
  }

  /** What follows while an announcement is on its way leaves together in the next one. */
  announce(account: string, isOnline: boolean): void {
    this.#waiting.set(account, isOnline);
    if (this.#isAnnouncing) return;
    this.#isAnnouncing = true;
    atEndOfTurn(() => void this.#announceAll());
  }

  /** @returns a function that removes the listener */
  on(listener: (account: string, isOnline: boolean) => void): () => void {
    return this.#gateway.onAnnouncement(chatCommands.presence, (body) => {
      for (const { account, isOnline } of chatCommandMap[chatCommands.presence].push.decode(body).states)
        listener(account, isOnline === 1);
    });
  }

  async #announceAll(): Promise<void> {
    while (this.#waiting.size > 0) {
      const states = [...this.#waiting].slice(0, MAX_ACCOUNTS);
      for (const [account] of states) this.#waiting.delete(account);
      const named = states.map(([account, isOnline]) => ({ account, isOnline: isOnline ? 1 : 0 }));
      try {
        await this.#gateway.announce(chatCommands.presence, encode(chatCommands.presence, { states: named }));
      } catch (error) {
        this.#report(error);
      }
    }
    this.#isAnnouncing = false;
  }
}
