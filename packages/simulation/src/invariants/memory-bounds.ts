import type { SimulatedSocket } from "../net/simulated-socket.js";
import { GATEWAY_PORTS } from "../world/transports.js";
import type { Invariant } from "./invariant.js";

/** Control frames, and the headers of frames, are not counted. */
const UNCOUNTED_BYTES = 16_384;
/** The largest message of this world: a queue that is empty takes it whatever its limit. */
const MESSAGE_BYTES = 65_536;

/** No queue, and not all of a server together, hold more than their limits say. */
export const memoryBounds: Invariant = (world) => {
  const { maxQueuedBytes, maxQueuedBytesTotal, overflowPolicy } = world.options.server.limits;
  // "drop-oldest" queues the newest message behind what the system has not taken, whatever that is.
  const queueBytes =
    overflowPolicy === "drop-oldest" ? maxQueuedBytes + MESSAGE_BYTES : Math.max(maxQueuedBytes, MESSAGE_BYTES);
  return {
    watch() {
      for (const { life } of world.gateways) {
        if (!life) continue;
        const sockets = world.network.socketsOf(life.process);
        for (const socket of sockets) {
          const { writableLength } = socket;
          if (writableLength <= queueBytes + UNCOUNTED_BYTES) continue;
          world.violate("a queue stays within its limit", `${life.name} holds ${writableLength} bytes for one channel`);
        }
        for (const port of Object.values(GATEWAY_PORTS)) {
          const queues = sockets.filter(({ localPort, writableLength }) => localPort === port && writableLength > 0);
          const total = distinctBytes(queues);
          // A policy that drops lets each empty queue take one message.
          const messages = overflowPolicy === "close" ? 1 : Math.max(1, queues.length);
          if (total <= maxQueuedBytesTotal + messages * MESSAGE_BYTES + UNCOUNTED_BYTES) continue;
          world.violate("all queues together stay within their limit", `${life.name} holds ${total} bytes at ${port}`);
        }
      }
    },
  };
};

/** A payload that many sockets share counts once. */
function distinctBytes(sockets: readonly SimulatedSocket[]): number {
  const seen = new Map<ArrayBufferLike, Set<number>>();
  let total = 0;
  for (const socket of sockets) {
    for (const { buffer, byteOffset, byteLength } of socket.heldChunks) {
      const ends = seen.get(buffer) ?? new Set();
      seen.set(buffer, ends);
      if (ends.has(byteOffset + byteLength)) continue;
      ends.add(byteOffset + byteLength);
      total += byteLength;
    }
  }
  return total;
}
