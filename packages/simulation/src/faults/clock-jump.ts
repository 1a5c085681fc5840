import type { Fault } from "./fault.js";

/** The wall clock of a process is set forward or back. */
export const clockJump: Fault = {
  name: "clock jump",
  weight: 1,
  begin({ gateways, clients, kernel }, random) {
    const processes = [...gateways.map(({ life }) => life?.process), ...clients.map(({ process }) => process)];
    const process = random.pick(processes);
    const ms = random.pick([-3_600_000, -5_000, 1_500, 5_000, 3_600_000]);
    if (process) kernel.write(process.name, `sets its clock by ${ms} ms`);
    process?.jump(ms);
    return undefined;
  },
};
