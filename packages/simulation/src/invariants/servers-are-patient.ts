import { CloseCode } from "@im/transport-core";
import type { ClientNode } from "../world/client-node.js";
import type { Invariant } from "./invariant.js";

/** Longer than the shorter waits of servers. */
const UNDISTURBED_MS = 12_000;

/** A server that stood still does not take its clients for dead: what they sent meanwhile counts. */
export const serversArePatient: Invariant = (world) => {
  const { kernel, clients, gateways, network, options } = world;
  const disturbedMs = new Map<ClientNode, number>();
  const clientOf = new Map<string, ClientNode>();
  const { link } = options;
  const isFast = link.bufferBytes >= 16_384 && link.latencyMs <= 5 && link.jitterMs <= 1;
  world.observers.push({
    statusChanged(client, status) {
      if (status.state === "online") clientOf.set(status.session.channelId, client);
    },
    channelClosed(life, channelId, code) {
      const client = clientOf.get(channelId);
      if (!client || code !== CloseCode.Timeout || !isFast) return;
      if (kernel.nowMs - (disturbedMs.get(client) ?? 0) < UNDISTURBED_MS) return;
      world.violate("who is alive is never called dead", `${life} closed ${client.name}, which is there`);
    },
  });
  return {
    watch() {
      for (const client of clients) {
        const isCut = gateways.some(
          ({ host }) => network.isBlocked(host, client.host) || network.isBlocked(client.host, host),
        );
        if (isCut || client.process.isStalled || network.quality !== link) disturbedMs.set(client, kernel.nowMs);
      }
    },
  };
};
