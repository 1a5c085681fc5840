import type { Mutant } from "./mutant.js";

/** A call of leave that failed is not repeated. */
export const aSignOutThatFailsIsForgotten: Mutant = {
  name: "a sign-out that fails is forgotten",
  patches: [
    {
      file: "gateway/src/session/session-lifecycle.ts",
      find: "if (!this.#retries.add(() => this.#leave(session, isUndone))) this.#presence",
      replace: "this.#presence",
    },
  ],
  seed: 32,
  breaks: "the directory lists only live sessions",
};
