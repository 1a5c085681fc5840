import { FLOOD_REQUEST_BYTES } from "../actions/flood.js";
import type { GatewayLife } from "../world/gateway-life.js";
import type { Invariant } from "./invariant.js";

/** What a socket reads at once, what its stream keeps, and what it reads when that is not full, before it stops. */
const READ_AHEAD_BYTES = 3 * 65_536;

/** A gateway does not read on from a client whose requests wait for a handler in an inbox that is full. */
export const inboxBounds: Invariant = (world) => {
  const { server, gateway } = world.options;
  const { maxInboxMessages, maxInboxBytes, maxInboxBytesTotal, receiveConcurrency } = server.limits;
  const { maxRequestsPerSecond, maxInFlight } = gateway.limits;
  /** Where a request that is too many waits; elsewhere it is refused, and the gateway reads on. */
  const isWaiting = maxRequestsPerSecond === Number.POSITIVE_INFINITY && maxInFlight > receiveConcurrency;
  const maxBytes =
    // The message that fills the inbox may be larger than its room.
    Math.min(maxInboxBytes, maxInboxBytesTotal, maxInboxMessages * FLOOD_REQUEST_BYTES) +
    FLOOD_REQUEST_BYTES +
    READ_AHEAD_BYTES;
  /** The device of each flood, by its host, and what handlers took of it. */
  const deviceOf = new Map<string, string>();
  const takenBytes = new Map<string, number>();
  world.observers.push({
    floodBegan: (host, device) => deviceOf.set(host, device),
    handlerBegan({ device }, bytes) {
      takenBytes.set(device, (takenBytes.get(device) ?? 0) + bytes);
    },
  });
  const look = ({ name, process, gateway }: GatewayLife) => {
    const devices = new Set(Array.from(gateway.sessions(), ({ device }) => device));
    for (const { remoteAddress = "", bytesRead, writableEnded } of world.network.socketsOf(process)) {
      const device = deviceOf.get(remoteAddress);
      // What comes after the end of a session, or while its connection closes, is dropped.
      if (device === undefined || !devices.has(device) || writableEnded) continue;
      const heldBytes = bytesRead - (takenBytes.get(device) ?? 0);
      if (heldBytes > maxBytes) {
        world.violate("an inbox stays within its limit", `${name} holds ${heldBytes} bytes of ${device}`);
      }
    }
  };
  return {
    watch() {
      if (!isWaiting || deviceOf.size === 0) return;
      for (const { life } of world.gateways) if (life) look(life);
    },
  };
};
