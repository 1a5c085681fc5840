import type { CloseInfo } from "../errors.js";

/** Called when channels end. */
export interface StateListener {
  /**
   * Called exactly once for each accepted channel, after it left the ChannelMap, its socket is closed, and its messages
   * were given to the MessageListener. A throw or rejection is reported to `onError`.
   */
  disconnect(channelId: string, info: CloseInfo): unknown;
}
