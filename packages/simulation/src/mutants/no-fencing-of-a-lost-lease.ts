import type { Mutant } from "./mutant.js";

/** A gateway whose lease is over keeps its sessions. */
export const noFencingOfALostLease: Mutant = {
  name: "no fencing of a lost lease",
  patches: [
    {
      file: "gateway/src/session/lease.ts",
      find: "if (!this.#ended) this.#fence = startTimer(() => this.#events.lost(), startMs + leaseMs - performance.now());",
      replace: "",
    },
    {
      file: "gateway/src/session/lease.ts",
      find: "      if (!hadLease) this.#events.lost();\n",
      replace: "",
    },
  ],
  seed: 0,
  breaks: "",
};
