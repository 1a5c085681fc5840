import type { Mutant } from "./mutant.js";

/** A handler that loses pushes does not learn how many. */
export const anOverflowThatIsNotCounted: Mutant = {
  name: "an overflow that is not counted",
  patches: [
    {
      file: "client/src/im-client/push-subscriptions.ts",
      find: "if (this.#mayDrop) this.#missed = this.#queue.splice(this.#maxQueued).length;",
      replace: "if (this.#mayDrop) this.#queue.splice(this.#maxQueued);",
    },
  ],
  seed: 248,
  breaks: "a lost push is reported as missed",
};
