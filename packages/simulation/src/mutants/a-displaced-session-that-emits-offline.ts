import type { Mutant } from "./mutant.js";

/** A session that was displaced emits the end of its account's presence, which the session in its place does as well. */
export const aDisplacedSessionThatEmitsOffline: Mutant = {
  name: "a displaced session that emits offline",
  patches: [
    {
      file: "gateway/src/session/session-lifecycle.ts",
      find: "    if (isUndone || session.isDisplaced) return false;\n",
      replace: "    if (isUndone) return false;\n",
    },
  ],
  seed: 532,
  breaks: "presence events alternate",
};
