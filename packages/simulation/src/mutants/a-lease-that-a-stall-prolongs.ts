import type { Mutant } from "./mutant.js";

/** A process that stood still holds its lease until its timer fires: a renewal that was answered before counts. */
export const aLeaseThatAStallProlongs: Mutant = {
  name: "a lease that a stall prolongs",
  patches: [
    {
      file: "gateway/src/session/lease.ts",
      find: "    return performance.now() < this.#heldUntilMs;\n",
      replace: "    return this.#heldUntilMs !== Number.NEGATIVE_INFINITY;\n",
    },
  ],
  seed: undefined,
  breaks: "a gateway without a lease signs nobody in",
};
