import { type ChatOptions, type ChatSettings, resolveChatOptions } from "./chat-options.js";
import { CHAT_EXTENSION } from "./commands/chat-commands.js";
import { CatchingUp } from "./delivery/catching-up.js";
import { ExtensionPushes } from "./delivery/extension-pushes.js";
import { GapFiller } from "./delivery/gap-filler.js";
import { MessageDelivery } from "./delivery/message-delivery.js";
import { serveAck } from "./handlers/ack-handler.js";
import { serveGroups } from "./handlers/group-handlers.js";
import { serveHistory } from "./handlers/history-handlers.js";
import { serveOffline } from "./handlers/offline-handlers.js";
import { servePresence } from "./handlers/presence-handler.js";
import { serveTalks } from "./handlers/talk-handlers.js";
import { PresenceNews } from "./presence/presence-news.js";
import { PresenceWatchers } from "./presence/presence-watchers.js";
import { SteadyPresence } from "./presence/steady-presence.js";
import { WatchedPresence } from "./presence/watched-presence.js";

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
  const presence = new SteadyPresence(gateway.presence, presenceGraceMs, report);
  const watchedPresence = new WatchedPresence(presence, new PresenceWatchers(gateway), report);
  const parts = {
    settings,
    delivery: new MessageDelivery(settings, (accounts, id) => catchingUp.missed(gateway.sessions(), accounts, id)),
    extensionPushes: new ExtensionPushes(gateway, report),
    catchingUp,
    watchedPresence,
  };
  gateway.confirmExtension(CHAT_EXTENSION);
  for (const serve of [serveTalks, serveAck, serveOffline, serveGroups, serveHistory, servePresence]) serve(parts);
  const stopTelling = tellWatchers(settings, presence, watchedPresence);
  const gapFiller = new GapFiller(settings, catchingUp);
  const stopFilling = gateway.onPushGap((gap) => gapFiller.fill(gap));
  const close = () => {
    presence.stop();
    stopTelling();
    stopFilling();
    gapFiller.stop();
  };
  return { presence, close };
}

/** Watchers at all gateways are told of comings at once, and of goings when the grace is over. @returns a function that ends it */
function tellWatchers(
  { gateway, report }: ChatSettings,
  presence: SteadyPresence,
  watched: WatchedPresence,
): () => void {
  const news = new PresenceNews(gateway, report);
  const tell = (account: string, isOnline: boolean) => {
    watched.heard(account, isOnline);
    news.announce(account, isOnline);
  };
  const stops = [
    // Not from the steady presence: another gateway may have found the account offline in its grace here.
    gateway.presence.on("online", (account) => tell(account, true)),
    presence.on("offline", (account) => tell(account, false)),
    news.on((account, isOnline) => watched.heard(account, isOnline)),
    () => watched.stop(),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
