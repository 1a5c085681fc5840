import type { Mutant } from "./mutant.js";

/** What waits behind a queue that was full is not flushed when it has room. */
export const aFullQueueNeverDrains: Mutant = {
  name: "a full queue never drains",
  patches: [
    {
      file: "transport-core/src/conn/writing-conn.ts",
      find: "    if (block?.isFlushWanted) this.flush();\n",
      replace: "",
    },
  ],
  seed: 12,
  breaks: "a full queue drains without another write",
};
