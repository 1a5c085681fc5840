import type { Address, ConnOptions, Dialer, Server, ServerOptions, TransportError } from "@im/transport-core";
import {
  connOptionNames,
  createConnFactory,
  createServer,
  dialWithin,
  rejectUnknownOptions,
  serverOptionNames,
} from "@im/transport-core/authoring";
import { MemoryListener } from "./memory-listener.js";
import { checkMemoryAddress, MemoryPlaces } from "./memory-places.js";

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

function createMemoryDialer(places: MemoryPlaces, options: ConnOptions): Dialer {
  const createConn = createConnFactory(options);
  return {
    async dialAndHandshake(context) {
      checkMemoryAddress(context.address);
      return dialWithin(context, ({ opened, failed }) => {
        const connecting = setTimeout(() => {
          try {
            opened(createConn(places.connect(context.address)));
          } catch (error) {
            failed(error as TransportError);
          }
        }, 0);
        return () => clearTimeout(connecting);
      });
    },
  };
}
