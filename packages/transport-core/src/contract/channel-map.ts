import type { Channel } from "./channel.js";

/** The channels of a server, by id. Servers bring one; set your own to share it or to watch it. */
export interface ChannelMap {
  /** @returns false, leaving the map as it is, when the channel's id is there already: looking up and adding are one step. */
  add(channel: Channel): boolean;
  /** Removing an id that is not there does nothing. */
  remove(id: string): void;
  get(id: string): Channel | undefined;
  /** A snapshot: adding and removing while walking through it is safe. */
  all(): readonly Channel[];
}
