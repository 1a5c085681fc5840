import { setTimeout as wait } from "node:timers/promises";

/**
 * Lets the load run: first to warm up, then measured. The one who started us is told when the window begins and ends,
 * and reads the server's meters then.
 *
 * @param count gives how many messages were handled so far
 * @returns how many were in the window, how long it was, and how busy this process was in it
 */
export async function measuredWindow({ warmupMs, measureMs }, broken, count) {
  await Promise.race([wait(warmupMs), broken]);
  process.send({ event: "window begins" });
  const messagesBefore = count();
  const startMs = performance.now();
  const startCpu = process.cpuUsage();
  await Promise.race([wait(measureMs), broken]);
  const { user, system } = process.cpuUsage(startCpu);
  const elapsedMs = performance.now() - startMs;
  const messages = count() - messagesBefore;
  process.send({ event: "window ends" });
  return { messages, elapsedMs, busy: (user + system) / 1000 / elapsedMs };
}
