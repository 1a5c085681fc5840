import { CloseCode } from "@im/transport-core";
import type { ClientRecord } from "../world/client-record.js";
import type { Invariant } from "./invariant.js";

/** Longer than the shorter waits of servers. */
const UNDISTURBED_MS = 12_000;

/** A server that stood still does not take its clients for dead: what they sent meanwhile counts. */
export const patientServers: Invariant = (world) => {
  const { kernel, clients, gateways, network } = world;
  const areWide = world.options.link.bufferBytes >= 16_384;
  const disturbedMs = new Map<ClientRecord, number>();
  const clientOf = new Map<string, ClientRecord>();
  world.observers.push({
    statusChanged(client, status) {
      if (status.state === "online") clientOf.set(status.session.channelId, client);
    },
    channelClosed(life, channelId, code) {
      const client = clientOf.get(channelId);
      if (!client || code !== CloseCode.Timeout || !areWide || network.hasBadLinks) return;
      if (kernel.nowMs - (disturbedMs.get(client) ?? 0) < UNDISTURBED_MS) return;
      world.violate("a live peer is never declared dead", `${life} closed ${client.name}, which is there`);
    },
  });
  return {
    watch() {
      for (const client of clients) {
        const isCut = gateways.some(
          ({ host }) => network.isBlocked(host, client.host) || network.isBlocked(client.host, host),
        );
        if (isCut || client.process.isStalled) disturbedMs.set(client, kernel.nowMs);
      }
    },
  };
};
