import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";

/** Which core a program gets. The two sides of a measurement must not compete for one. */
export const Core = { server: 0, load: 1 };

const hasTaskset = spawnSync("taskset", ["-c", "0,1", "true"]).status === 0;

/** Whether programs are pinned: needs Linux's `taskset` and two cores. */
export const pinned = hasTaskset && availableParallelism() >= 2;

/** The command that runs a program on one core, or where the system likes if it cannot be told. */
export function commandOn(core, command, args) {
  if (!pinned) return { command, args };
  return { command: "taskset", args: ["-c", String(core), command, ...args] };
}
