import type { Mutant } from "./mutant.js";

/** A packet that asks for life waits for the handler before it. */
export const aPingAnsweredBehindAHandler: Mutant = {
  name: "a ping answered behind a handler",
  patches: [
    {
      file: "gateway/src/routing/router.ts",
      find: "    if (!isPing(payload)) return false;\n",
      replace: "    if (!isPing(payload) || LiveSession.of(agent).inFlight > 0) return false;\n",
    },
    {
      file: "gateway/src/routing/router.ts",
      find: 'if (packet.kind === "basic") return;',
      replace: 'if (packet.kind === "basic") return this.showLife(agent);',
    },
  ],
  seed: 45,
  breaks: "a live peer is never declared dead",
};
