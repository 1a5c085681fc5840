import type { Invariant } from "./invariant.js";

/** Every claim of an idempotency key ends: its answer is recorded, or the key is free again. */
export const claimsEnd: Invariant = (world) => {
  const { ports } = world.options;
  const held = new Map<string, string>();
  world.observers.push({
    portActed(act) {
      if (!("claim" in act)) return;
      const { claimId, command, key } = act.claim;
      if (act.what !== "claim") held.delete(claimId);
      else if (act.isGranted) held.set(claimId, `${command} ${key}`);
    },
  });
  return {
    atEnd() {
      const isReliable = ports.inMemory || Object.values(ports.trouble).every((chance) => chance === 0);
      const haveCrashed = world.gateways.some(({ lives }) => lives.some(({ process }) => !process.isAlive));
      if (!isReliable || haveCrashed) return;
      for (const claim of held.values()) world.violate("every claim is recorded or released", `${claim} is held`);
    },
  };
};
