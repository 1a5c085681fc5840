import type { ClientRecord } from "../world/client-record.js";
import type { Invariant } from "./invariant.js";

/** Pushes of one source reach a handler in order, and each at most once. */
export const pushOrder: Invariant = (world) => {
  const last = new Map<string, number>();
  const signIns = new Map<ClientRecord, number>();
  world.observers.push({
    statusChanged(client, { state }) {
      if (state === "online") signIns.set(client, (signIns.get(client) ?? 0) + 1);
    },
    pushReceived({ client, subscription, source, number }) {
      // Each session gets a broadcast once: a client that changes gateways may get one again that the bus carried slowly.
      if (source.startsWith("broadcast") && signIns.get(client)! > 1) return;
      const way = `${subscription} ${source}`;
      const before = last.get(way) ?? 0;
      if (number === before) world.violate("no push arrives twice", `${way} got note ${number} again`);
      else if (number < before) world.violate("pushes arrive in order", `${way} got note ${number} after ${before}`);
      last.set(way, number);
    },
  });
  return {};
};
