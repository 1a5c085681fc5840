import type { Fault } from "./fault.js";

/** A gateway ends without a word, or its machine loses power; another begins in its place. */
export const crash: Fault = {
  name: "crash",
  weight: 2,
  begin({ gateways }, random) {
    const gateway = random.pick(gateways);
    gateway.crash(random.chance(0.4));
    return () => gateway.start();
  },
};
