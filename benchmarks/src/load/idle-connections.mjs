import { setTimeout as wait } from "node:timers/promises";
import { Breakage } from "./breakage.mjs";
import { openConnections } from "./open-connections.mjs";

/** Opens connections and leaves them alone. The server is measured before the first and after the last came to rest. */
export async function idleConnections(job) {
  const breakage = new Breakage();
  process.send({ event: "window begins" });
  await wait(job.settleMs);
  const { length } = await openConnections(job, breakage);
  await Promise.race([wait(job.settleMs), breakage.broken]);
  process.send({ event: "window ends" });
  return { messages: length };
}
