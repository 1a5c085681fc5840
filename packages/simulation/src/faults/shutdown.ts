import type { Fault } from "./fault.js";

/** A gateway shuts down in order, at a rate or all at once, and comes back. */
export const shutdown: Fault = {
  name: "shutdown",
  weight: 2,
  begin({ gateways }, random) {
    const gateway = random.pick(gateways);
    const rate = random.chance(0.5) ? undefined : random.pick([1, 10]);
    gateway.shutdown(rate, random.pick([1, 500, 5_000]));
    return () => gateway.start();
  },
};
