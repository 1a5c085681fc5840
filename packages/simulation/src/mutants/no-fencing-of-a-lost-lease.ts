import type { Mutant } from "./mutant.js";

/** A gateway whose lease is over keeps its sessions. */
export const noFencingOfALostLease: Mutant = {
  name: "no fencing of a lost lease",
  patches: [
    {
      file: "gateway/src/session/lease.ts",
      find: "    this.#isHeld = true;\n    this.#fence = startTimer(() => this.#isOver(), startMs + leaseMs - performance.now());\n",
      replace: "    this.#isHeld = true;\n    void startMs;\n",
    },
    {
      file: "gateway/src/session/lease.ts",
      find: "      if (!hadLease) this.#events.lost();\n",
      replace: "",
    },
  ],
  seed: 250,
  breaks: "a lost lease fences",
};
