import type { ChatSettings } from "../chat-options.js";
import type { ExtensionPushes } from "../delivery/extension-pushes.js";
import type { MessageDelivery } from "../delivery/message-delivery.js";
import type { PresenceWatchers } from "../presence/presence-watchers.js";
import type { SteadyPresence } from "../presence/steady-presence.js";
import type { CatchingUp } from "./catching-up.js";

/** The parts of the chat that handlers use. */
export interface ChatParts {
  readonly settings: ChatSettings;
  readonly delivery: MessageDelivery;
  readonly extensionPushes: ExtensionPushes;
  readonly catchingUp: CatchingUp;
  readonly presence: SteadyPresence;
  readonly watchers: PresenceWatchers;
}
