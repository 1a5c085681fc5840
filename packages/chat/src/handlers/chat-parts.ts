import type { ChatSettings } from "../chat-options.js";
import type { CatchingUp } from "../delivery/catching-up.js";
import type { ExtensionPushes } from "../delivery/extension-pushes.js";
import type { MessageDelivery } from "../delivery/message-delivery.js";
import type { WatchedPresence } from "../presence/watched-presence.js";

/** The parts of the chat that handlers use. */
export interface ChatParts {
  readonly settings: ChatSettings;
  readonly delivery: MessageDelivery;
  readonly extensionPushes: ExtensionPushes;
  readonly catchingUp: CatchingUp;
  readonly watchedPresence: WatchedPresence;
}
