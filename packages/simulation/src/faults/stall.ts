import type { Fault } from "./fault.js";

/** A process stands still while the world goes on. */
export const stall: Fault = {
  name: "stall",
  weight: 4,
  begin({ gateways, clients, kernel }, random) {
    const processes = [...gateways.map(({ life }) => life?.process), ...clients.map(({ process }) => process)];
    const process = random.pick(processes);
    const ms = random.pick([50, 300, 1_500, 5_000, 12_000]);
    if (!process) return undefined;
    kernel.write(process.name, `stands still for ${ms} ms`);
    process.stall(ms);
    return undefined;
  },
};
