import type { Mutant } from "./mutant.js";

/** A session is entered again without comparing its epoch. */
export const enteredAgainWithoutComparingTheEpoch: Mutant = {
  name: "entered again without comparing the epoch",
  patches: [
    {
      file: "gateway/src/memory/memory-session-directory.ts",
      find: '    if (others.some(({ epoch }) => epoch > one.epoch)) return { outcome: "displaced", displaced: [] };\n',
      replace: "",
    },
  ],
  seed: 1,
  breaks: "a session that is put back displaces no later sign-in",
};
