import type { Mutant } from "./mutant.js";

/** An acknowledged message may be lost in a crash of the store. */
export const aStoreThatDoesNotSync: Mutant = {
  name: "a store that does not sync",
  patches: [
    {
      file: "chat-level/src/writer.ts",
      find: "await this.#db.batch(batch.operations(), { sync: true });",
      replace: "await this.#db.batch(batch.operations(), { sync: false });",
    },
  ],
  seed: 13,
  breaks: "an acknowledged message is never lost",
};
