import type { Channel } from "../contract/channel.js";
import type { ChannelMap } from "../contract/channel-map.js";

/** The ChannelMap that servers bring: a hash map in memory. */
export class HashChannelMap implements ChannelMap {
  readonly #channels = new Map<string, Channel>();

  add(channel: Channel): boolean {
    if (this.#channels.has(channel.id)) return false;
    this.#channels.set(channel.id, channel);
    return true;
  }

  remove(id: string): void {
    this.#channels.delete(id);
  }

  get(id: string): Channel | undefined {
    return this.#channels.get(id);
  }

  all(): readonly Channel[] {
    return [...this.#channels.values()];
  }
}
