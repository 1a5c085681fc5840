import type { Channel, ChannelMap } from "@im/transport-core";
import type { LiveSession } from "./live-session.js";

/**
 * The sessions of this gateway by channel id, on all its servers. It is the ChannelMap of the servers, so it gets the channel
 * of a session in the step in which the connection is let in.
 */
export class SessionRegistry implements ChannelMap {
  readonly #sessions = new Map<string, LiveSession>();

  /** Adds a session whose channel is not open yet; pushes to it wait until it is. */
  register(session: LiveSession): void {
    this.#sessions.set(session.channelId, session);
  }

  session(channelId: string): LiveSession | undefined {
    return this.#sessions.get(channelId);
  }

  sessions(): readonly LiveSession[] {
    return [...this.#sessions.values()];
  }

  unregister(session: LiveSession): void {
    this.#sessions.delete(session.channelId);
  }

  // ChannelMap

  add(channel: Channel): boolean {
    const session = this.#sessions.get(channel.id);
    if (!session || session.channel) return false;
    session.attach(channel);
    return true;
  }

  /** The session is unregistered when the server reports the disconnect, which follows. */
  remove(): void {}

  get(id: string): Channel | undefined {
    return this.#sessions.get(id)?.channel;
  }

  all(): readonly Channel[] {
    return this.sessions().flatMap(({ channel }) => channel ?? []);
  }
}
