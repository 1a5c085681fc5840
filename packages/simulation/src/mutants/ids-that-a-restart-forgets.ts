import type { Mutant } from "./mutant.js";

/** After a restart ids begin at the clock, which was set back. */
export const idsThatARestartForgets: Mutant = {
  name: "ids that a restart forgets",
  patches: [
    {
      file: "chat-level/src/writer.ts",
      find: "return { lastId: BigInt(lastId), messages };",
      replace: "return { lastId: 0n * BigInt(lastId), messages };",
    },
  ],
  seed: 13,
  breaks: "ids of messages grow",
};
