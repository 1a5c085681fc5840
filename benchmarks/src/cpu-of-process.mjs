import { readdirSync, readFileSync } from "node:fs";

/**
 * The CPU time that a process has taken so far, all its threads together, in microseconds; undefined where the system has no
 * `/proc` to read it from. A server under load answers a question seconds late, and its reading would be of another moment.
 */
export function cpuOfProcessUs(pid) {
  const threads = `/proc/${pid}/task`;
  try {
    return readdirSync(threads).reduce((sum, thread) => sum + cpuOfThreadUs(`${threads}/${thread}/schedstat`), 0);
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** The first number is the time on a core, in nanoseconds. */
function cpuOfThreadUs(file) {
  return Number(readFileSync(file, "latin1").split(" ")[0]) / 1000;
}
