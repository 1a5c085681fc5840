import type { Acceptor } from "../contract/acceptor.js";
import type { ChannelMap } from "../contract/channel-map.js";
import type { MessageListener } from "../contract/message-listener.js";
import type { StateListener } from "../contract/state-listener.js";

/** The parts of the application that a server calls, and where it keeps its channels. */
export interface Application {
  acceptor: Acceptor | undefined;
  messageListener: MessageListener | undefined;
  stateListener: StateListener | undefined;
  channelMap: ChannelMap;
  /** How long the peer of a new channel may be silent. */
  readWaitMs: number;
}
