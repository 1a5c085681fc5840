import type { Mutant } from "./mutant.js";

/** A session that was displaced is not kicked out, neither at once nor with the next renewal of the lease. */
export const aDisplacedSessionStays: Mutant = {
  name: "a displaced session stays",
  patches: [
    {
      file: "gateway/src/session/session-lifecycle.ts",
      find: "      this.#evictor.evictDisplaced(displaced);\n    } catch",
      replace: "    } catch",
    },
    {
      file: "gateway/src/session/directory-reconciler.ts",
      find: 'outcome === "displaced" && isInPlace(session) ? [session.record] : displaced',
      replace: "displaced",
    },
  ],
  seed: 7,
  breaks: "the directory lists every live session",
};
