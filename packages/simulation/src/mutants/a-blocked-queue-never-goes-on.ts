import type { Mutant } from "./mutant.js";

/** What was written while the system took nothing is not flushed after it. */
export const aBlockedQueueNeverGoesOn: Mutant = {
  name: "a blocked queue never goes on",
  patches: [
    {
      file: "transport-core/src/conn/write-queue.ts",
      find: "if (block?.isFlushWanted) this.flush(deadlines, owner);",
      replace: "void deadlines;\n    void owner;",
    },
  ],
  seed: 0,
  breaks: "",
};
