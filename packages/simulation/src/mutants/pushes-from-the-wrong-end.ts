import type { Mutant } from "./mutant.js";

/** A handler that is behind gets the newest push first. */
export const pushesFromTheWrongEnd: Mutant = {
  name: "pushes from the wrong end",
  patches: [
    {
      file: "client/src/im-client/push-subscriptions.ts",
      find: "for (let push = this.#queue.shift(); push; push = this.#queue.shift())",
      replace: "for (let push = this.#queue.pop(); push; push = this.#queue.pop())",
    },
  ],
  seed: 2,
  breaks: "pushes arrive in order",
};
