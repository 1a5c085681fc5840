import type { Channel, ChannelMap } from "@im/transport-core";
import type { LiveSession } from "./live-session.js";

/**
 * The sessions of this gateway by channel id, on all its servers. To the servers it is their ChannelMap: so it learns in
 * the same step when a connection that has signed in is let in.
 */
export class SessionRegistry implements ChannelMap {
  readonly #sessions = new Map<string, LiveSession>();

  /** A session whose channel is to come; until then what is pushed to it waits. */
  register(session: LiveSession): void {
    this.#sessions.set(session.channelId, session);
  }

  session(channelId: string): LiveSession | undefined {
    return this.#sessions.get(channelId);
  }

  sessions(): readonly LiveSession[] {
    return [...this.#sessions.values()];
  }

  /** Other sessions of its account and device that stand in the directory, as far as we know. It looks at all there are. */
  othersOnDevice({ account, device, channelId }: LiveSession): readonly LiveSession[] {
    return this.sessions().filter(
      (other) =>
        other.account === account && other.device === device && other.channelId !== channelId && other.isEntered,
    );
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

  /** The session goes when its end is told, which follows. */
  remove(): void {}

  get(id: string): Channel | undefined {
    return this.#sessions.get(id)?.channel;
  }

  all(): readonly Channel[] {
    return this.sessions().flatMap(({ channel }) => channel ?? []);
  }
}
