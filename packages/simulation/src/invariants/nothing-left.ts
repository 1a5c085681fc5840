import type { World } from "../world/world.js";
import type { Invariant } from "./invariant.js";

/** When all is closed, no timer, socket, listener, session or subscription is left. */
export const nothingLeft: Invariant = (world) => {
  const left = (who: string, what: string) => world.violate("nothing is left", `${who} has ${what}`);
  world.observers.push({
    clientClosed({ name, client, process: { timers } }) {
      if (client.status.state === "closed" && timers.active > 0) left(name, `${timers.active} timers`);
    },
  });
  return { atEnd: () => checkAll(world, left) };
};

function checkAll(world: World, left: (who: string, what: string) => void): void {
  for (const { process, name, client } of world.clients) {
    if (client.status.state !== "closed") left(name, `the status ${client.status.state}`);
    for (const what of process.pending) left(name, what);
  }
  for (const { state, lives, host } of world.gateways) {
    if (state !== "down") left(host, `the state ${state}`);
    for (const { process, name } of lives) for (const what of process.pending) left(name, what);
  }
  for (const endpoint of world.network.endpoints) left(endpoint.id, "an open socket");
  for (const place of world.network.listeners) left(place, "a listener");
  const haveLeft = new Set(world.gateways.flatMap(({ lives }) => lives.filter(({ hasLeft }) => hasLeft)));
  for (const { gateway } of haveLeft) if (world.ports.subscriptions.has(gateway.id)) left(gateway.id, "a subscription");
  for (const { account, device } of world.ports.directory.find(world.accounts))
    left(`${account}/${device}`, "a session");
}
