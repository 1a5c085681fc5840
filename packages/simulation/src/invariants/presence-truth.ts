import type { World } from "../world/world.js";
import type { Invariant } from "./invariant.js";

/**
 * Where nothing is lost, the last presence event of an account is true. With a directory in memory events alternate. Over a
 * network, an account that comes back at once may be online before the answer says that it had left; events of two gateways
 * have no order then, and it suffices that each "online" but the last has its "offline".
 */
export const presenceTruth: Invariant = (world) => ({
  afterHealing() {
    if (!isReliable(world) || world.ports.wasEmptied || hasLostSessions(world)) return;
    const online = new Set(world.ports.directory.find(world.accounts).map(({ account }) => account));
    for (const account of world.accounts) {
      const events = world.presence.changes.filter((change) => change.account === account).map(({ event }) => event);
      if (
        world.options.ports.inMemory &&
        events.some((event, index) => event !== (index % 2 === 0 ? "online" : "offline"))
      ) {
        world.violate("presence events alternate", `${account} was ${events.join(", ")}`);
      }
      const isTrue = (events.at(-1) === "online") === online.has(account);
      if (isTrue || (world.gateways.length > 1 && balanceOf(events) === (online.has(account) ? 1 : 0))) continue;
      world.violate("the last presence event is true", `${account} was ${events.join(", ")}`);
    }
  },
});

function balanceOf(events: readonly string[]): number {
  return events.reduce((sum, event) => sum + (event === "online" ? 1 : -1), 0);
}

function isReliable({ options: { ports } }: World): boolean {
  return ports.inMemory || Object.values(ports.trouble).every((chance) => chance === 0);
}

/** Whether sessions have gone without an event: with a gateway, or with its lease, which the directory ends first. */
function hasLostSessions({ gateways }: World): boolean {
  const lives = gateways.flatMap((gateway) => gateway.lives);
  return lives.some(
    ({ process, errors, wasCutOff }) => !process.isAlive || wasCutOff || errors.includes("IM_ERR_LEASE_LOST"),
  );
}
