import type { CloseInfo } from "@im/transport-core";
import type { Invariant } from "./invariant.js";

/** An attempt that was given up does not sign in, and a connection that was left changes nothing. */
export const abandonedAttempts: Invariant = (world) => {
  const givenUp = new Set<string>();
  /** The attempts whose connections ended, and those that an end was blamed on. */
  const ended = new Map<CloseInfo, string>();
  const blamed = new Map<CloseInfo, string>();
  const compare = (info: CloseInfo) => {
    const [own, other] = [ended.get(info), blamed.get(info)];
    if (own === undefined || other === undefined || own === other) return;
    world.violate(
      "the end of an abandoned connection does not affect its client",
      `${other} failed with the end of ${own}`,
    );
  };
  world.observers.push({
    connectionEnded(attempt, info) {
      ended.set(info, attempt);
      compare(info);
    },
    statusChanged({ attempt }, status) {
      const info = "reason" in status && (status.reason as { readonly closeInfo?: CloseInfo }).closeInfo;
      if (!info) return;
      blamed.set(info, attempt);
      compare(info);
    },
    attemptGivenUp: (attempt) => givenUp.add(attempt),
    tokenShown(token) {
      if (givenUp.has(token)) world.violate("an aborted connection attempt does not sign in", token);
    },
  });
  return {};
};
