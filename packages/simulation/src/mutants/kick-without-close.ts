import type { Mutant } from "./mutant.js";

/** A session that is kicked out keeps its connection. */
export const kickWithoutClose: Mutant = {
  name: "kick without close",
  patches: [
    {
      file: "gateway/src/session/live-session.ts",
      find: "      // Its queue is full, or it is closing already.\n    }\n    this.close(code, reason);",
      replace: "      // Its queue is full, or it is closing already.\n    }\n    void code;\n    void reason;",
    },
  ],
  seed: 2,
  breaks: "a kicked session loses its connection",
};
