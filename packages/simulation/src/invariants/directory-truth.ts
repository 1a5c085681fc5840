import type { Invariant } from "./invariant.js";

/** After healing: one session for each account and device, and the directory holds exactly those that live. */
export const directoryTruth: Invariant = (world) => ({
  afterHealing() {
    const live = new Map<string, string>();
    for (const { life } of world.gateways) {
      for (const { account, device, channelId } of life?.gateway.sessions() ?? []) {
        const place = `${account}/${device}`;
        if (live.has(place)) world.violate("one session for each device", `${place} has two`);
        live.set(place, channelId);
      }
    }
    const found = world.ports.directory.find(world.accounts);
    for (const { account, device, channelId } of found) {
      const place = `${account}/${device}`;
      if (live.get(place) !== channelId) world.violate("the directory has live sessions alone", `${place} is not one`);
      live.delete(place);
    }
    for (const place of live.keys()) world.violate("the directory has all live sessions", `${place} is missing`);
    const channels = new Set(found.map(({ channelId }) => channelId));
    for (const { name, client } of world.clients) {
      const { status } = client;
      if (status.state !== "online" || channels.has(status.session.channelId)) continue;
      world.violate("who is online is in the directory", `${name} is not`);
    }
  },
});
