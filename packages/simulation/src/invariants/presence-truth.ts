import type { Invariant } from "./invariant.js";

/** Where nothing is lost, presence of one gateway alternates; and its last event is the truth. */
export const presenceTruth: Invariant = (world) => {
  const { gateways, options } = world;
  const isReliable = options.ports.inMemory || Object.values(options.ports.trouble).every((chance) => chance === 0);
  return {
    afterHealing() {
      const [gateway] = gateways;
      if (!isReliable || gateways.length > 1 || gateway!.lives.length > 1) return;
      // Sessions that go with a lost lease are gone from the directory before their gateway knows.
      const hasLostLease = gateway!.lives[0]?.errors.includes("IM_ERR_LEASE_LOST");
      const last = new Map<string, string>();
      for (const { account, event } of world.presence.changes) {
        if (!hasLostLease && (last.get(account) ?? "offline") === event)
          world.violate("presence alternates", `${account} is ${event} twice`);
        last.set(account, event);
      }
      const online = new Set(world.ports.directory.find(world.accounts).map(({ account }) => account));
      for (const account of world.accounts) {
        if ((last.get(account) === "online") === online.has(account)) continue;
        world.violate("presence ends on the truth", `${account} was last ${last.get(account)}`);
      }
    },
  };
};
