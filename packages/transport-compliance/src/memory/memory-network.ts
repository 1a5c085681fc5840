import type { Address, ConnOptions, Dialer, Server, ServerOptions } from "@im/transport-core";
import { createServer } from "@im/transport-core/authoring";
import { connOptionNames, rejectUnknownOptions, serverOptionNames } from "@im/transport-core/internal";
import { createMemoryDialer } from "./memory-dialer.js";
import { MemoryListener } from "./memory-listener.js";
import { MemoryPlaces } from "./memory-places.js";

/** A network of its own, within one process. */
export interface MemoryNetwork {
  /** @param at where to listen; without it at a free place */
  createServer(options?: ServerOptions, at?: Address): Server;
  /** A Dialer for `memory://name:number`, which is what `server.dialUrl` says. */
  createDialer(options?: ConnOptions): Dialer;
}

/** The smallest transport there is: a model for authors, and a network for tests that need no real one. */
export function createMemoryNetwork(): MemoryNetwork {
  const places = new MemoryPlaces();
  return {
    createServer(options = {}, at = places.free()) {
      rejectUnknownOptions(options, serverOptionNames);
      return createServer(new MemoryListener(places, at), options);
    },
    createDialer(options = {}) {
      rejectUnknownOptions(options, connOptionNames);
      return createMemoryDialer(places, options);
    },
  };
}
