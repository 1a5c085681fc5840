import type { Invariant } from "./invariant.js";

/** How long after its lease a gateway may still run what it had begun, by the precision of its timers. */
const LATE_MS = 50;

/** A gateway whose lease is over serves no session: others may have displaced its sessions. */
export const leaseFencing: Invariant = (world) => {
  const endsAtMs = new Map<string, number>();
  const mustHold = (gatewayId: string, name: string, what: string) => {
    const lateMs = world.kernel.nowMs - (endsAtMs.get(gatewayId) ?? 0);
    if (lateMs > LATE_MS)
      world.violate("a gateway without a lease serves no session", `${name} ${what} ${lateMs} ms after its lease`);
  };
  world.observers.push({
    portActed(act) {
      if (act.what === "renew") endsAtMs.set(act.gatewayId, world.kernel.nowMs + act.leaseMs);
      if (act.what === "asks to enter") mustHold(act.session.gatewayId, act.session.gatewayId, "signs in");
    },
    requestRan({ id, key }, { gateway, name }) {
      // The store answers for those with a key: they run once, wherever they do.
      if (key === undefined) mustHold(gateway.id, name, `runs request ${id}`);
    },
  });
  return {};
};
