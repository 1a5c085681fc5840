import type { World } from "../world/world.js";
import type { Invariant } from "./invariant.js";

/** After healing: one session for each account and device, and the directory holds exactly those that live. */
export const directoryTruth: Invariant = (world) => ({
  afterHealing() {
    const live = liveSessions(world);
    const channels = new Set<string>();
    for (const { account, device, channelId } of world.ports.directory.find(world.accounts)) {
      const place = `${account}/${device}`;
      if (live.get(place) !== channelId) world.violate("the directory lists only live sessions", `${place} is not one`);
      live.delete(place);
      channels.add(channelId);
    }
    for (const place of live.keys()) world.violate("the directory lists every live session", `${place} is missing`);
    checkClients(world, channels);
  },
});

/** @returns the channel of each account and device that a gateway serves */
function liveSessions(world: World): Map<string, string> {
  const live = new Map<string, string>();
  const sessions = world.gateways.flatMap(({ life }) => [...(life?.gateway.sessions() ?? [])]);
  for (const { account, device, channelId } of sessions) {
    const place = `${account}/${device}`;
    if (live.has(place)) world.violate("a device has at most one session", `${place} has two`);
    live.set(place, channelId);
  }
  return live;
}

function checkClients(world: World, channels: ReadonlySet<string>): void {
  for (const { name, client } of world.clients) {
    const { status } = client;
    if (status.state !== "online" || channels.has(status.session.channelId)) continue;
    world.violate("the directory lists every client that is online", `${name} is not`);
  }
}
