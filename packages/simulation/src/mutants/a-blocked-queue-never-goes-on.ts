import type { Mutant } from "./mutant.js";

/** What was written while the system took nothing is not flushed after it. */
export const aBlockedQueueNeverGoesOn: Mutant = {
  name: "a blocked queue never goes on",
  patches: [
    {
      file: "transport-core/src/conn/writing-conn.ts",
      find: "    if (block?.isFlushWanted) this.flush();\n",
      replace: "",
    },
  ],
  seed: 0,
  breaks: "",
};
