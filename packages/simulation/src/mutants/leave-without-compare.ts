import type { Mutant } from "./mutant.js";

/** A session that ends takes the one that has displaced it out of the directory. */
export const leaveWithoutCompare: Mutant = {
  name: "leave without compare",
  patches: [
    {
      file: "gateway/src/memory/memory-session-directory.ts",
      find: "if (devices?.get(device)?.session.channelId !== channelId) return { removed: false, isLast: false };",
      replace: "if (!devices?.has(device)) return { removed: false, isLast: false };",
    },
  ],
  seed: 1,
  breaks: "the directory removes only the session that leaves or is displaced",
};
