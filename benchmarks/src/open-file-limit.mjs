import { execFileSync } from "node:child_process";

/** What a program needs beside its connections. */
const RESERVED = 200;

/**
 * How many connections a program can hold. Node raises its soft limit of open files to the hard one, which only an
 * administrator can raise (`ulimit -Hn`).
 */
export function mostConnections() {
  if (process.platform === "win32") return Number.POSITIVE_INFINITY;
  const limit = execFileSync("sh", ["-c", "ulimit -Hn"], { encoding: "utf8" }).trim();
  return limit === "unlimited" ? Number.POSITIVE_INFINITY : Number(limit) - RESERVED;
}
