import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";

/**
 * Lets the load run: first to warm up, then measured. The one who started us is told when the window begins and ends,
 * reads the server's meters then, and says so.
 *
 * @param count gives how many messages were handled so far
 * @param pause for a load whose server has long turns, in which it answers nobody: `rest` resolves when nothing is under
 * way, `resume` goes on. At both edges of the window the load then rests until the meters are read.
 * @returns how many were in the window, how long it was, and how busy this process was in it
 */
export async function measuredWindow({ warmupMs, measureMs }, broken, count, pause) {
  await Promise.race([wait(warmupMs), broken]);
  await Promise.race([pause?.rest(), broken]);
  const beginRead = announce("window begins");
  if (pause) await beginRead;
  const messagesBefore = count();
  const startMs = performance.now();
  const startCpu = process.cpuUsage();
  pause?.resume();
  await Promise.race([wait(measureMs), broken]);
  await Promise.race([pause?.rest(), broken]);
  const { user, system } = process.cpuUsage(startCpu);
  const elapsedMs = performance.now() - startMs;
  const messages = count() - messagesBefore;
  await Promise.race([announce("window ends"), broken]);
  return { messages, elapsedMs, busy: (user + system) / 1000 / elapsedMs };
}

/** Resolves when the meters are read. */
async function announce(event) {
  const read = once(process, "message");
  process.send({ event });
  await read;
}
