import { chatCommands } from "../commands/chat-commands.js";
import type { ChatParts } from "./chat-parts.js";
import { invalid } from "./refusals.js";
import { serve } from "./serve.js";

/** Accounts that one request may name. */
const MAX_ACCOUNTS = 500;

/** chat.x.presence: which of the named accounts are online. */
export function servePresence({ settings, watchedPresence: watched }: ChatParts): void {
  const { gateway, rules } = settings;
  serve(gateway, chatCommands.presence, async ({ session, body, respond }) => {
    const { accounts: named, watch } = body;
    if (named.length > MAX_ACCOUNTS) return invalid(`at most ${MAX_ACCOUNTS} accounts may be named`);
    const accounts: string[] = [];
    for (const account of new Set(named)) {
      if (!rules.mayWatch || (await rules.mayWatch(session, account))) accounts.push(account);
    }
    const online = await (watch === 1 ? watched.watch(session, accounts) : watched.online(accounts));
    respond({ states: accounts.map((account) => ({ account, isOnline: online.has(account) ? 1 : 0 })) });
    return undefined;
  });
}
