import { setImmediate as nextTurn } from "node:timers/promises";

/** Long enough for a turn of the event loop not to count. */
const PASS_MS = 10;

/**
 * Repeats `pass(times)`, which does its work so many times, in passes of about 10 ms with a turn of the event loop after
 * each: whoever defers work pays for it too. What counts is the processor time of this process, collecting garbage and
 * compiling included; who else uses the core does not.
 *
 * @returns the mean of what one time took, in nanoseconds
 */
export async function timedPasses(pass, { warmupMs, measureMs }) {
  let times = 1;
  const warmUntilMs = performance.now() + warmupMs;
  while (performance.now() < warmUntilMs) {
    const startMs = performance.now();
    pass(times);
    await nextTurn();
    const elapsedMs = performance.now() - startMs;
    times = Math.max(1, Math.min(times * 2, Math.round((times * PASS_MS) / elapsedMs)));
  }
  const startCpu = process.cpuUsage();
  const endMs = performance.now() + measureMs;
  let done = 0;
  while (performance.now() < endMs) {
    pass(times);
    await nextTurn();
    done += times;
  }
  const { user, system } = process.cpuUsage(startCpu);
  return ((user + system) * 1000) / done;
}
