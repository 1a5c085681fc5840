import { type ChatOptions, resolveChatOptions } from "./chat-options.js";
import { CHAT_EXTENSION } from "./commands/chat-commands.js";
import { ExtensionPushes } from "./delivery/extension-pushes.js";
import { MessageDelivery } from "./delivery/message-delivery.js";
import { serveAck } from "./handlers/ack-handler.js";
import { CatchingUp } from "./handlers/catching-up.js";
import { serveGroups } from "./handlers/group-handlers.js";
import { serveHistory } from "./handlers/history-handlers.js";
import { serveOffline } from "./handlers/offline-handlers.js";
import { servePresence } from "./handlers/presence-handler.js";
import { serveTalks } from "./handlers/talk-handlers.js";
import { PresenceWatchers } from "./presence/presence-watchers.js";
import { SteadyPresence } from "./presence/steady-presence.js";

/** The chat of a gateway. */
export interface Chat {
  /** Who is online, without flicker. */
  readonly presence: Pick<SteadyPresence, "on" | "online">;
  /** Emits no presence any more. Call it after the gateway has shut down. The store stays open. */
  close(): void;
}

/**
 * Sets the handlers of the chat on a gateway that is not started: talks, groups, acknowledgements, what a device missed, and the
 * chat's own commands for clients with the extension `chat`.
 *
 * @throws `IM_ERR_INVALID_OPTION`, what the gateway throws for commands that are handled already
 */
export function createChat(options: ChatOptions): Chat {
  const settings = resolveChatOptions(options);
  const { gateway, presenceGraceMs, report } = settings;
  const catchingUp = new CatchingUp();
  const parts = {
    settings,
    delivery: new MessageDelivery(settings, (accounts, id) => catchingUp.missed(gateway.sessions(), accounts, id)),
    extensionPushes: new ExtensionPushes(gateway, report),
    catchingUp,
    presence: new SteadyPresence(gateway.presence, presenceGraceMs, report),
    watchers: new PresenceWatchers(gateway),
  };
  gateway.confirmExtension(CHAT_EXTENSION);
  for (const serve of [serveTalks, serveAck, serveOffline, serveGroups, serveHistory, servePresence]) serve(parts);
  parts.presence.on("online", (account) => parts.watchers.changed(account, true));
  parts.presence.on("offline", (account) => parts.watchers.changed(account, false));
  return { presence: parts.presence, close: () => parts.presence.stop() };
}
