import type { Mutant } from "./mutant.js";

/** A sign-in that failed stays in the directory if it had entered. */
export const noTakeBackAfterAFailedSignIn: Mutant = {
  name: "no take-back after a failed sign-in",
  patches: [
    {
      file: "gateway/src/session/session-lifecycle.ts",
      find: "      this.#undoEntry(session, entering);\n",
      replace: "",
    },
  ],
  seed: 1,
  breaks: "the directory lists only live sessions",
};
