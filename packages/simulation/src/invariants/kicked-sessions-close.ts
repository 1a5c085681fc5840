import { CloseCode } from "@im/transport-core";
import type { ClientRecord } from "../world/client-record.js";
import { isFast } from "./fast-links.js";
import type { Invariant } from "./invariant.js";

/** A session that is kicked out loses its connection, whatever its peer does. */
export const kickedSessionsClose: Invariant = (world) => {
  const { limits } = world.options.server;
  const withinMs = limits.writeWaitMs * 1.25 + limits.closeWaitMs + 2_000;
  /** By channel: when it must be closed, and by which life of a gateway. */
  const due = new Map<string, { life: string; atMs: number }>();
  const online = new Map<ClientRecord, string>();
  /** Channels whose clients had not begun to close them when they were kicked out. */
  const kicked = new Set<string>();
  world.observers.push({
    statusChanged(client, status) {
      if (status.state === "online") online.set(client, status.session.channelId);
      else online.delete(client);
    },
    sessionEnded(life, channelId, end) {
      if (end !== "kicked out") return;
      due.set(channelId, { life, atMs: world.kernel.nowMs + withinMs });
      if ([...online.values()].includes(channelId)) kicked.add(channelId);
    },
    channelClosed(life, channelId, code) {
      due.delete(channelId);
      if (code !== CloseCode.Normal || !kicked.has(channelId)) return;
      world.violate(
        "a kicked session loses its connection",
        `${life} left it to the client to close ${channelId.slice(0, 6)}`,
      );
    },
  });
  return {
    watch() {
      // A peer that takes little, however slowly, has its time to take what was queued before the Close.
      if (!world.options.server.hasHooks || !isFast(world)) return;
      for (const [channelId, own] of due) {
        const life = world.gateways.map((gateway) => gateway.life).find((each) => each?.name === own.life);
        if (!life?.process.isAlive) due.delete(channelId);
        else if (life.process.isStalled) own.atMs = life.process.stalledUntilMs + withinMs;
        else if (world.kernel.nowMs > own.atMs) {
          world.violate("a kicked session loses its connection", `${own.life} keeps ${channelId.slice(0, 6)}`);
        }
      }
    },
  };
};
