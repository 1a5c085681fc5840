import type { Mutant } from "./mutant.js";

/** What was pushed before the sign-in was answered comes in the wrong order. */
export const earlyPushesReversed: Mutant = {
  name: "early pushes reversed",
  patches: [
    {
      file: "gateway/src/session/live-session.ts",
      find: "for (const packet of early) channel.push(packet);",
      replace: "for (const packet of early.reverse()) channel.push(packet);",
    },
  ],
  seed: 2,
  breaks: "pushes arrive in order",
};
