import type { Mutant } from "./mutant.js";

/** Watchers are told what they know. */
export const aWatcherThatIsToldAgain: Mutant = {
  name: "a watcher that is told again",
  patches: [
    {
      file: "chat/src/presence/presence-watchers.ts",
      find: "if (!watched || watched.isOnline === isOnline) return;",
      replace: "if (!watched) return;",
    },
  ],
  seed: 9,
  breaks: "a watcher is told each change once",
};
