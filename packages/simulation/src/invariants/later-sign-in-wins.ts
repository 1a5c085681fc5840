import type { Invariant } from "./invariant.js";

/** Of two sessions the later sign-in wins: a session that is put back displaces none that entered after it. */
export const laterSignInWins: Invariant = (world) => {
  /** By channel: the number of its entry. */
  const entries = new Map<string, number>();
  const numberOf = ({ channelId }: { readonly channelId: string }) => entries.get(channelId) ?? 0;
  world.observers.push({
    portActed(act) {
      if (act.what === "enter") entries.set(act.session.channelId, entries.size + 1);
      if (act.what !== "restore") return;
      const after = new Set(act.after.map(({ channelId }) => channelId));
      for (const one of act.before) {
        if (after.has(one.channelId) || numberOf(one) < numberOf(act.session)) continue;
        world.violate(
          "a session that is put back displaces no later sign-in",
          `one of ${one.account}/${one.device} is displaced`,
        );
      }
    },
  });
  return {};
};
