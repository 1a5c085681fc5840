import type { Invariant } from "./invariant.js";

/** How long after its lease a gateway may still run what it had begun, by the precision of its timers. */
const LATE_MS = 50;

/** A gateway whose lease is over signs nobody in: the directory would not find the session. */
export const signInsNeedALease: Invariant = (world) => {
  const endsAtMs = new Map<string, number>();
  world.observers.push({
    portActed(act) {
      if (act.what === "renew") endsAtMs.set(act.gatewayId, world.kernel.nowMs + act.leaseMs);
      if (act.what !== "asks to enter") return;
      const { gatewayId } = act.session;
      const lateMs = world.kernel.nowMs - (endsAtMs.get(gatewayId) ?? 0);
      if (lateMs <= LATE_MS) return;
      world.violate("a gateway without a lease signs nobody in", `${gatewayId} does ${lateMs} ms after its lease`);
    },
  });
  return {};
};
