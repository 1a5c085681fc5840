import type { Fault } from "./fault.js";

/** A gateway is paused for longer than its lease. */
export const pause: Fault = {
  name: "pause",
  weight: 2,
  begin({ gateways, kernel, options }, random) {
    const process = random.pick(gateways).life?.process;
    const ms = options.gateway.limits.leaseMs * random.pick([1.1, 1.5]);
    if (!process) return undefined;
    kernel.write(process.name, `is paused for ${ms} ms`);
    process.stall(ms);
    return undefined;
  },
};
