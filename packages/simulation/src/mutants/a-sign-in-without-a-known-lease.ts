import type { Mutant } from "./mutant.js";

/** A gateway signs in clients while it holds no lease. */
export const aSignInWithoutAKnownLease: Mutant = {
  name: "a sign-in without a known lease",
  patches: [
    {
      file: "gateway/src/session/session-lifecycle.ts",
      find: "    if (!this.#lease.isHeld) {\n",
      replace: "    if (!this.#lease) {\n",
    },
  ],
  seed: 31,
  breaks: "a gateway without a lease signs nobody in",
};
