import type { Fault } from "./fault.js";

/** A process stands still while the world goes on. */
export const stall: Fault = {
  name: "stall",
  weight: 4,
  begin({ gateways, clients, kernel }, random) {
    const process = random.chance(0.5) ? random.pick(gateways).life?.process : random.pick(clients).process;
    const ms = random.pick([50, 300, 1_500, 5_000, 8_000, 12_000]);
    if (!process) return undefined;
    kernel.write(process.name, `stands still for ${ms} ms`);
    process.stall(ms);
    return undefined;
  },
};
