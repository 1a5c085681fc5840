import type { Mutant } from "./mutant.js";

/** A session that was displaced is not kicked out. */
export const aDisplacedSessionStays: Mutant = {
  name: "a displaced session stays",
  patches: [
    {
      file: "gateway/src/session/session-lifecycle.ts",
      find: "      this.#evictor.evictDisplaced(displaced);\n    } catch",
      replace: "    } catch",
    },
  ],
  seed: 15,
  breaks: "the directory lists every live session",
};
