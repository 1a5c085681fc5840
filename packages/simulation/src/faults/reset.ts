import type { Fault } from "./fault.js";

/** A box between client and server resets a connection on both sides. */
export const reset: Fault = {
  name: "reset",
  weight: 3,
  begin({ network, kernel }, random) {
    const endpoints = [...network.endpoints];
    if (endpoints.length === 0) return undefined;
    const endpoint = random.pick(endpoints);
    kernel.write("network", `resets ${endpoint.id}`);
    endpoint.breakOff();
    return undefined;
  },
};
