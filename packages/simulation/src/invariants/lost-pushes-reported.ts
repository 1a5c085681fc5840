import type { Invariant } from "./invariant.js";

interface Way {
  readonly number: number;
  readonly channelId: string | undefined;
  readonly missed: number;
}

/** A handler that has lost pushes of its connection learns it from `missed`, with the next push at the latest. */
export const lostPushesReported: Invariant = (world) => {
  const { overflowPolicy } = world.options.server.limits;
  /** By channel: what its session has taken. */
  const taken = new Map<string, Set<string>>();
  const missedOf = new Map<string, number>();
  const ways = new Map<string, Way>();
  world.observers.push({
    notePushed({ source, number, channelIds }) {
      for (const channelId of channelIds) {
        const own = taken.get(channelId) ?? new Set();
        taken.set(channelId, own.add(`${source} ${number}`));
      }
    },
    pushReceived({ subscription, client, source, number, missed }) {
      const { status } = client.client;
      const channelId = status.state === "online" ? status.session.channelId : undefined;
      const allMissed = (missedOf.get(subscription) ?? 0) + missed;
      missedOf.set(subscription, allMissed);
      const way = `${subscription} ${source}`;
      const before = ways.get(way);
      ways.set(way, { number, channelId, missed: allMissed });
      if (!before || before.channelId !== channelId || before.missed !== allMissed || overflowPolicy !== "close")
        return;
      for (let lost = before.number + 1; lost < number; lost++) {
        if (!taken.get(channelId ?? "")?.has(`${source} ${lost}`)) continue;
        world.violate(
          "a lost push is reported as missed",
          `${way} got note ${number} after ${before.number}, and nothing was missed`,
        );
      }
    },
  });
  return {};
};
