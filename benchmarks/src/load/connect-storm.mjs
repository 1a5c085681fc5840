import { Breakage } from "./breakage.mjs";
import { openConnections } from "./open-connections.mjs";

/** Opens all connections as fast as they are taken, login included; the window is the opening. They stay open. */
export async function connectStorm(job) {
  const breakage = new Breakage();
  process.send({ event: "window begins" });
  const startMs = performance.now();
  const startCpu = process.cpuUsage();
  const { length } = await openConnections(job, breakage);
  const { user, system } = process.cpuUsage(startCpu);
  const elapsedMs = performance.now() - startMs;
  process.send({ event: "window ends" });
  return { messages: length, elapsedMs, busy: (user + system) / 1000 / elapsedMs };
}
