import { setImmediate as nextTurn } from "node:timers/promises";

/** Long enough for a turn of the event loop not to count. */
const PASS_MS = 10;

/**
 * Repeats `pass(times)`, which does its work so many times, in passes of about 10 ms with a turn of the event loop after
 * each: whoever defers work pays for it too. What counts, and what the waits mean, is the processor time of this process,
 * collecting garbage and compiling included; who else uses the core does not.
 *
 * @returns the mean of what one time took, in nanoseconds
 */
export async function timedPasses(pass, { warmupMs, measureMs }) {
  let times = 1;
  for (let spentMs = 0; spentMs < warmupMs; ) {
    const passMs = await costMs(pass, times);
    spentMs += passMs;
    times = Math.max(1, Math.min(times * 2, Math.round((times * PASS_MS) / passMs)));
  }
  let done = 0;
  let spentMs = 0;
  for (; spentMs < measureMs; done += times) spentMs += await costMs(pass, times);
  return (spentMs * 1e6) / done;
}

async function costMs(pass, times) {
  const start = process.cpuUsage();
  pass(times);
  await nextTurn();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
