import type { Invariant } from "./invariant.js";

/** Each socket that was accepted was opened or refused, and each that was opened was closed. */
export const accounting: Invariant = (world) => ({
  atEnd() {
    for (const { name, counts, hasShutDown } of world.gateways.flatMap(({ lives }) => lives)) {
      if (!counts || !hasShutDown) continue;
      const { accepted, refusedAfterAccept, opened, closed } = counts;
      if (accepted !== opened + refusedAfterAccept) {
        world.violate("accepted = opened + refused", `${name}: ${accepted} = ${opened} + ${refusedAfterAccept}`);
      }
      if (opened !== closed) world.violate("opened = closed", `${name}: ${opened} = ${closed}`);
    }
  },
});
