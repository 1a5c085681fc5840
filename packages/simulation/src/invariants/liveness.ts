import type { ClientRecord } from "../world/client-record.js";
import { isAddressOf } from "../world/transports.js";
import type { World } from "../world/world.js";
import { isFast } from "./fast-links.js";
import type { Invariant } from "./invariant.js";

/** Ticks, and the second chance that a late one gives. */
const SLACK_MS = 4_000;

interface Watched {
  /** Since when nothing can reach the client; undefined while something can. */
  deadSinceMs: number | undefined;
  /** When something last disturbed the client or its way. */
  disturbedMs: number;
  /** How much its clock was ahead when it began to connect; undefined unless it connects. */
  attemptAheadMs: number | undefined;
}

/** A client finds out in time that nothing can reach it, and never says so while all is well. */
export const liveness: Invariant = (world) => {
  const { kernel, clients } = world;
  const { heartbeatMs, heartbeatTimeoutMs, probeTimeoutMs } = world.options.client.limits;
  const noticedMs = heartbeatMs + 2 * heartbeatTimeoutMs + probeTimeoutMs + SLACK_MS;
  const watched = new Map<ClientRecord, Watched>();
  const of = (client: ClientRecord) => {
    const own = watched.get(client) ?? { deadSinceMs: undefined, disturbedMs: 0, attemptAheadMs: undefined };
    watched.set(client, own);
    return own;
  };
  world.observers.push({
    statusChanged(client, status) {
      const own = of(client);
      own.deadSinceMs = undefined;
      const { attemptAheadMs = Number.POSITIVE_INFINITY } = own;
      const aheadMs = client.process.wallMs - kernel.nowMs;
      own.attemptAheadMs = status.state === "connecting" ? aheadMs : undefined;
      if (status.state !== "offline" || (status.reason as { code?: string }).code !== "IM_ERR_CONNECTION_DEAD") return;
      if (!isFast(world) || kernel.nowMs - own.disturbedMs < noticedMs + 2_000) return;
      // A clock that is set forward while the client connects looks like a machine that has slept: it connects again.
      if (aheadMs - attemptAheadMs > 1) return;
      world.violate("a live peer is never declared dead", `${client.name} gave up a connection that works`);
    },
  });
  return {
    watch() {
      for (const client of clients) {
        const own = of(client);
        if (isDisturbed(world, client)) own.disturbedMs = kernel.nowMs;
        if (client.process.isStalled || !isCutOff(world, client)) own.deadSinceMs = undefined;
        else own.deadSinceMs ??= kernel.nowMs;
        if (own.deadSinceMs === undefined || kernel.nowMs - own.deadSinceMs < noticedMs) continue;
        world.violate(
          "a dead peer is detected in time",
          `${client.name} is online since ${own.deadSinceMs}, and nothing reaches it`,
        );
      }
    },
  };
};

/** The gateway that a client has reached, by its address. */
function gatewayOf(world: World, { client: { status } }: ClientRecord) {
  return status.state === "online" ? world.gateways.find(({ host }) => isAddressOf(host, status.address)) : undefined;
}

function isCutOff(world: World, client: ClientRecord): boolean {
  const gateway = gatewayOf(world, client);
  return gateway !== undefined && world.network.isBlocked(gateway.host, client.host);
}

function isDisturbed(world: World, client: ClientRecord): boolean {
  const { network, gateways } = world;
  const areBusy = gateways.some(({ state, life }) => state !== "up" || life?.process.isStalled);
  const isCut = gateways.some(
    ({ host }) => network.isBlocked(host, client.host) || network.isBlocked(client.host, host),
  );
  return areBusy || isCut || client.process.isStalled || (client.platform.page?.isHidden ?? false);
}
