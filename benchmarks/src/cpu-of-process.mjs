import { readFileSync } from "node:fs";

/** The unit of `/proc`, the same on all machines. */
const TICK_US = 10_000;

/**
 * The CPU time that a process has taken so far, with all its threads, in microseconds; undefined where the system has no
 * `/proc` to read it from. A server under load answers a question seconds late, and its reading would be of another moment.
 */
export function cpuOfProcessUs(pid) {
  let stat;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
  // The second field is a name in parentheses, which may hold anything; utime and stime are the 14th and 15th (proc(5)).
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}
