import type { ChannelSettings } from "../channel/channel-settings.js";
import { FramedChannel } from "../channel/framed-channel.js";
import type { ReadLoopOwner } from "../channel/read-loop.js";
import type { FramedConn } from "../conn/framed-conn.js";
import type { Accepted } from "../contract/acceptor.js";
import type { Channel } from "../contract/channel.js";
import { CloseCode } from "../contract/close-code.js";
import { createServerChannel, observeListener } from "../diagnostics/observers.js";
import type { CloseInfo } from "../errors.js";
import type { Application } from "./application.js";
import { DrainingSet } from "./draining-set.js";
import type { ServerSettings } from "./server-options.js";

/** The channels of one server: makes them, reads them, and reports their ends to the StateListener. */
export class ServerChannels implements ReadLoopOwner<FramedChannel> {
  readonly #settings: ServerSettings & ChannelSettings;
  readonly #application: Application;
  /** Until the StateListener is done with their end. */
  readonly #channels = new DrainingSet<FramedChannel>();

  constructor(settings: ServerSettings & ChannelSettings, application: Application) {
    this.#settings = settings;
    this.#application = application;
  }

  [Symbol.iterator](): Iterator<FramedChannel> {
    return this.#channels.values();
  }

  /** Whether a channel was made here. */
  owns(channel: Channel): channel is FramedChannel {
    return channel instanceof FramedChannel && FramedChannel.settingsOf(channel) === this.#settings;
  }

  /** A channel that is not in the ChannelMap yet. */
  create(accepted: Accepted, conn: FramedConn): FramedChannel {
    const channel = createServerChannel(accepted, conn, this.#settings, this.#settings.hooks);
    channel.setReadWait(this.#application.readWaitMs);
    // A deadline of the login does not outlive it; the read loop sets its own for reading.
    channel.setWriteDeadline(Number.POSITIVE_INFINITY);
    return channel;
  }

  /** Begins to read a channel of the ChannelMap. */
  open(channel: FramedChannel): void {
    this.#channels.add(channel);
    try {
      FramedChannel.start(channel, observeListener(this.#application.messageListener!, this.#settings.hooks), this);
    } catch (error) {
      // The Acceptor left a read behind.
      this.#settings.onError(error, { during: "accept", channelId: channel.id });
      void channel.close(CloseCode.InternalError, "internal error");
      void channel.closed.then((info) => this.readEnded(channel, info));
    }
  }

  async readEnded(channel: FramedChannel, info: CloseInfo): Promise<void> {
    // Never within the call that ended it, which may be a push of the application.
    await undefined;
    const { channelMap, stateListener } = this.#application;
    const { hooks, onError } = this.#settings;
    const { id } = channel;
    try {
      const current = channelMap.get(id);
      // The id may have been freed by hand, and taken again since.
      const isTaken = current instanceof FramedChannel && current !== channel;
      if (!isTaken) channelMap.remove(id);
    } catch (error) {
      onError(error, { during: "channel map", channelId: id });
    }
    hooks.closed?.(FramedChannel.agentOf(channel), info);
    try {
      await stateListener?.disconnect(id, info);
    } catch (error) {
      onError(error, { during: "disconnect", channelId: id });
    }
    this.#channels.delete(channel);
  }

  /** Resolves when there is no channel any more. */
  emptied(): Promise<void> {
    return this.#channels.emptied();
  }
}
