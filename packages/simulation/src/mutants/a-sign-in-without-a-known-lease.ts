import type { Mutant } from "./mutant.js";

/** A gateway signs in clients while it holds no lease. */
export const aSignInWithoutAKnownLease: Mutant = {
  name: "a sign-in without a known lease",
  patches: [
    {
      file: "gateway/src/session/session-lifecycle.ts",
      find: '    if (!this.#lease.isHeld)\n      throw new GatewayError("IM_ERR_LEASE_LOST", "the gateway has no lease: sign in again later");\n',
      replace: "    void GatewayError;\n    void this.#lease;\n",
    },
  ],
  seed: 10,
  breaks: "a gateway without a lease serves no session",
};
