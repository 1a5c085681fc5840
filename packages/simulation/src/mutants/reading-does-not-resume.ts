import type { Mutant } from "./mutant.js";

/** A channel that was paused is not read again. */
export const readingDoesNotResume: Mutant = {
  name: "reading does not resume",
  patches: [
    {
      file: "transport-core/src/channel/read-loop.ts",
      find: "if (this.#paused && !this.#whenIdle && !this.#isTooFull()) this.#resume();",
      replace: "if (this.#paused && !this.#whenIdle && this.#isTooFull()) this.#resume();",
    },
  ],
  seed: 25,
  breaks: "a request in a calm world succeeds",
};
