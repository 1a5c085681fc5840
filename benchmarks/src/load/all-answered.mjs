import { setTimeout as wait } from "node:timers/promises";

/** How long the last echoes may take to come. */
const PATIENCE_MS = 10_000;

/** Resolves when no lane has messages under way. @throws if they do not come, or what `broken` rejects with */
export async function allAnswered(lanes, broken) {
  const deadlineMs = performance.now() + PATIENCE_MS;
  while (lanes.some(({ underWay }) => underWay > 0)) {
    if (performance.now() > deadlineMs) throw new Error("messages were lost: their echoes never came");
    await Promise.race([wait(5), broken]);
  }
}
