import type { Fault } from "./fault.js";

/** Connections that begin now are slow, or have small buffers, until the world heals. */
export const badLink: Fault = {
  name: "bad link",
  weight: 2,
  begin({ network, options }, random) {
    network.hasBadLinks = true;
    network.quality = {
      latencyMs: random.pick([1, 100, 400]),
      jitterMs: random.pick([0, 200]),
      sliceChance: random.pick([0.1, 0.8]),
      bufferBytes: random.pick([256, 4_096]),
    };
    return () => {
      network.quality = options.link;
    };
  },
};
