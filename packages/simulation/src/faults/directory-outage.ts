import type { Fault } from "./fault.js";

/** One gateway, or all of them, can reach the directory no more. Clients reach them all the same. */
export const directoryOutage: Fault = {
  name: "directory outage",
  weight: 2,
  begin({ gateways, ports, kernel, options }, random) {
    const others = random.chance(0.5) ? gateways : [random.pick(gateways)];
    // A directory in memory is part of the process.
    if (options.ports.inMemory) return undefined;
    const processes = others.flatMap(({ life }) => life?.process ?? []);
    for (const process of processes) {
      kernel.write(process.name, "cannot reach the directory");
      ports.cutOff.add(process);
    }
    return () => {
      for (const process of processes) ports.cutOff.delete(process);
    };
  },
};
