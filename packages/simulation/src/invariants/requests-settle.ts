import type { SimulatedProcess } from "../kernel/simulated-process.js";
import type { Invariant } from "./invariant.js";

/** How late a request may settle: the grace of a timer that came late, and a turn. */
const LATE_MS = 1_250;
/** How much later in a page that is hidden: its timers are called once a second, that of the grace as well. */
const HIDDEN_LATE_MS = 2_000;

/** Each request settles in time, as long as its process runs. */
export const requestsSettle: Invariant = (world) => {
  const { kernel, ledger, clients } = world;
  /** Until when a process stood still the last time. */
  const stalledUntilMs = new Map<string, number>();
  const hiddenMs = new Map<string, number>();
  const processes = new Map<string, SimulatedProcess>();
  return {
    watch() {
      for (const { name, process, platform } of clients) {
        processes.set(name, process);
        if (process.isStalled) stalledUntilMs.set(name, process.stalledUntilMs);
        if (platform.page?.isHidden) hiddenMs.set(name, kernel.nowMs);
      }
      for (const { id, client, dueMs } of ledger.open) {
        const lateMs = processes.get(client)!.monotonicMs - dueMs;
        const runsSinceMs = kernel.nowMs - (stalledUntilMs.get(client) ?? 0);
        const wasHidden = kernel.nowMs - (hiddenMs.get(client) ?? Number.NEGATIVE_INFINITY) < HIDDEN_LATE_MS;
        const allowedMs = LATE_MS + (wasHidden ? HIDDEN_LATE_MS : 0);
        if (Math.min(lateMs, runsSinceMs) > allowedMs) world.violate("each request settles in time", `request ${id}`);
      }
    },
    atEnd() {
      for (const { id } of ledger.open) world.violate("each request settles", `request ${id} never did`);
    },
  };
};
