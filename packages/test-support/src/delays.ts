import { monitorEventLoopDelay } from "node:perf_hooks";
import { onTestFinished } from "vitest";

/** Watches the event loop from now on; answers how long it stood still at most, in milliseconds: the machine's share of a wait. */
export function watchDelays(): () => number {
  const delays = monitorEventLoopDelay();
  delays.enable();
  onTestFinished(() => void delays.disable());
  return () => delays.max / 1e6;
}
