import type { SimulatedProcess } from "../kernel/simulated-process.js";

/** For the code of the simulation: it takes no timer of the process. */
export function sleep(process: SimulatedProcess, ms: number): Promise<void> {
  return new Promise((resolve) => process.later(ms, resolve));
}
