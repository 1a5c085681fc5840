import type { Mutant } from "./mutant.js";

/** A gateway that does not know of a lease lets clients in. */
export const signInsWithoutALease: Mutant = {
  name: "sign-ins without a lease",
  patches: [
    {
      file: "gateway/src/session/session-lifecycle.ts",
      find: "if (!this.#lease.isHeld)",
      replace: "if (!this.#lease)",
    },
  ],
  seed: 0,
  breaks: "",
};
