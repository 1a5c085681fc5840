import { percentile } from "../../hostile/support/measuring.js";
import type { ChatTalker } from "../../support/chat-talker.js";

/** `pnpm test:long` runs the same tests with the full numbers. */
const isLong = process.env.LONG_TESTS !== undefined;

export function size(short: number, long: number): number {
  return isLong ? long : short;
}

export function elapse(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Of a test: a machine that is too slow for the rate takes long to answer what was sent. */
export const TIMEOUT_MS = size(120_000, 900_000);

/** Prints figures of a long run. */
export function report(users: readonly ChatTalker[], figures: string): void {
  if (!isLong) return;
  const p = (percent: number, latencies: (user: ChatTalker) => number[]) =>
    `${percentile(users.flatMap(latencies), percent).toFixed(0)} ms`;
  console.log(
    `${users.length} users, ${figures}; from due to acknowledged p50 ${p(50, ({ ackMs }) => ackMs)}, p99 ` +
      `${p(99, ({ ackMs }) => ackMs)}, to pushed p50 ${p(50, ({ pushMs }) => pushMs)}, p99 ` +
      `${p(99, ({ pushMs }) => pushMs)}, ${users.reduce((sum, { doubles }) => sum + doubles, 0)} received again`,
  );
}
