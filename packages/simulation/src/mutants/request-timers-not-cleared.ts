import type { Mutant } from "./mutant.js";

/** The timer of a request outlives it. */
export const requestTimersNotCleared: Mutant = {
  name: "request timers not cleared",
  patches: [
    {
      file: "client/src/im-client/pending-request.ts",
      find: "    clearTimeout(this.#timeout);\n",
      replace: "    void this.#timeout;\n",
    },
  ],
  seed: 1,
  breaks: "a close leaves nothing behind",
};
