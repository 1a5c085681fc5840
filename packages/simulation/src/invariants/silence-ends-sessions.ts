import type { ClientRecord } from "../world/client-record.js";
import type { GatewayNode } from "../world/gateway-node.js";
import type { World } from "../world/world.js";
import type { Invariant } from "./invariant.js";

/** Ticks, and the grace of timers that came late. */
const SLACK_MS = 3_000;

/** A gateway ends the session of a client from which nothing can reach it. */
export const silenceEndsSessions: Invariant = (world) => {
  const { kernel, gateways, network } = world;
  const clientOf = new Map<string, ClientRecord>();
  /** By channel: since when its gateway runs, and nothing can reach it from the client. */
  const silentSinceMs = new Map<string, number>();
  const noticedMs = waitMs(world);
  world.observers.push({
    statusChanged(client, status) {
      if (status.state === "online") clientOf.set(status.session.channelId, client);
    },
  });
  const look = ({ host, life }: GatewayNode, channelId: string) => {
    const client = clientOf.get(channelId);
    const isSilent = client && network.isBlocked(client.host, host) && !life!.process.isStalled;
    const sinceMs = silentSinceMs.get(channelId) ?? kernel.nowMs;
    if (!isSilent) silentSinceMs.delete(channelId);
    else silentSinceMs.set(channelId, sinceMs);
    if (!isSilent || kernel.nowMs - sinceMs < noticedMs) return;
    world.violate(
      "a dead peer is detected in time",
      `${life!.name} keeps the session of ${client.name}, silent since ${sinceMs}`,
    );
  };
  return {
    watch() {
      for (const gateway of gateways) {
        for (const { channelId } of gateway.life?.gateway.sessions() ?? []) look(gateway, channelId);
      }
    },
  };
};

/** A handler that holds back the reading has its own time first. */
function waitMs({ options: { server, gateway } }: World): number {
  const { readWaitMs, writeWaitMs, closeWaitMs } = server.limits;
  return readWaitMs + writeWaitMs * 1.25 + closeWaitMs + gateway.limits.handlerTimeoutMs + SLACK_MS;
}
