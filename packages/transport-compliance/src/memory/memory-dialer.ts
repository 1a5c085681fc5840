import type { ConnOptions, Dialer, TransportError } from "@im/transport-core";
import { createConnFactory, dialWithin } from "@im/transport-core/authoring";
import { checkMemoryAddress, type MemoryPlaces } from "./memory-places.js";

/** Dials `memory://name:number`. There is no handshake. */
export function createMemoryDialer(places: MemoryPlaces, options: ConnOptions): Dialer {
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
