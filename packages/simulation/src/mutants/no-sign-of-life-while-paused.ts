import type { Mutant } from "./mutant.js";

/** A channel that is not read does not say that it lives. */
export const noSignOfLifeWhilePaused: Mutant = {
  name: "no sign of life while paused",
  patches: [
    {
      file: "transport-core/src/channel/read-loop.ts",
      find: "    if (!this.#ended) signsOfLifeOf(this.#settings, ReadLoop.showLife).add(this);\n",
      replace: "",
    },
  ],
  seed: 13,
  breaks: "a live peer is never declared dead",
};
