import type { Channel } from "../contract/channel.js";
import type { Conn } from "../contract/conn.js";
import { rejectUnknownOptions } from "../internal/check-options.js";
import { type ChannelOptions, channelOptionNames, resolveChannelOptions } from "../options.js";
import { AdaptedConn } from "./channel-conn.js";
import { FramedChannel } from "./framed-channel.js";

/**
 * Makes a Channel over a Conn, as servers do for each connection that they let in; the seed's `NewChannel`.
 *
 * @throws `IM_ERR_INVALID_OPTION`
 */
export function createChannel(id: string, conn: Conn, options: ChannelOptions = {}): Channel {
  rejectUnknownOptions(options, channelOptionNames);
  const settings = resolveChannelOptions(options);
  if (options.writeWaitMs !== undefined) conn.setWriteWait(settings.writeWaitMs);
  if (options.closeWaitMs !== undefined) conn.setCloseWait(settings.closeWaitMs);
  return new FramedChannel(id, new AdaptedConn(conn), settings);
}
