import type { Mutant } from "./mutant.js";

/** A client waits for ever for an answer to its ping. */
export const silenceIsNeverDeath: Mutant = {
  name: "silence is never death",
  patches: [
    {
      file: "client/src/im-client/liveness.ts",
      find: "        this.stop();\n        this.#died(this.#wokeUp);",
      replace: "        this.stop();",
    },
  ],
  seed: 110,
  breaks: "the directory lists every client that is online",
};
