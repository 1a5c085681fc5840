import type { Mutant } from "./mutant.js";

/** An account is called online once for each device. */
export const presenceCountsEveryDevice: Mutant = {
  name: "presence counts every device",
  patches: [
    {
      file: "gateway/src/presence/presence-events.ts",
      find: 'if (isFirst || isOvertaken) this.#raise("online", session);',
      replace: 'this.#raise("online", session);',
    },
  ],
  seed: 2,
  breaks: "presence events alternate",
};
