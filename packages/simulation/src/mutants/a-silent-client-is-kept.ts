import type { Mutant } from "./mutant.js";

/** A server waits for ever for the next frame of a channel. */
export const aSilentClientIsKept: Mutant = {
  name: "a silent client is kept",
  patches: [
    {
      file: "transport-core/src/conn/framed-conn.ts",
      find: "const readDueMs = this.#receiver || this.#reader?.isWaiting ? this.#dueMs : NEVER;",
      replace: "const readDueMs = this.#reader?.isWaiting ? this.#dueMs : NEVER;",
    },
  ],
  seed: 631,
  breaks: "presence alternates",
};
