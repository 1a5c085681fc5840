import type { Mutant } from "./mutant.js";

/** The timer that looks for sleep is not stopped. */
export const aWatchOfThePageOutlivesTheClient: Mutant = {
  name: "a watch of the page outlives the client",
  patches: [
    {
      file: "client/src/im-client/wake-ups.ts",
      find: "    clearInterval(timer);\n",
      replace: "",
    },
  ],
  seed: 1,
  breaks: "a close leaves nothing behind",
};
