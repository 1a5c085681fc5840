import type { Mutant } from "./mutant.js";

/** A key whose request failed stays claimed. */
export const noReleaseOfAClaim: Mutant = {
  name: "no release of a claim",
  patches: [
    {
      file: "gateway/src/idempotency/claims.ts",
      find: '    void this.#call(() => this.#settings.idempotency.release(claim), "idempotency.release", claim, 0, report);\n',
      replace: "    void claim;\n    void report;\n",
    },
  ],
  seed: 3,
  breaks: "every claim is recorded or released",
};
