import type { Mutant } from "./mutant.js";

/** A gateway whose lease is over keeps its sessions. */
export const noFencingOfALostLease: Mutant = {
  name: "no fencing of a lost lease",
  patches: [
    {
      file: "gateway/src/session/lease.ts",
      find: "    this.#fence = startTimer(() => this.#isOver(), this.#heldUntilMs - performance.now());\n",
      replace: "",
    },
    {
      file: "gateway/src/session/lease.ts",
      find: "      if (!hadLease) this.#events.lost();\n",
      replace: "",
    },
  ],
  seed: 31,
  breaks: "a gateway without a lease serves no session",
};
