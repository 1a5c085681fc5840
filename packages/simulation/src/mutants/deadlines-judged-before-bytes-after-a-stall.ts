import type { Mutant } from "./mutant.js";

/** A process that stood still ends its connections before it reads what came meanwhile. */
export const deadlinesJudgedBeforeBytesAfterAStall: Mutant = {
  name: "deadlines judged before bytes after a stall",
  patches: [
    {
      file: "transport-core/src/internal/patient-timer.ts",
      find: "if (nowMs - this.#dueMs > LATE_MS) this.#wait(() => this.#readFirst(nowMs), GRACE_MS);\n    else this.#readFirst(nowMs);",
      replace: "this.stop();\n    this.#over(nowMs);",
    },
  ],
  seed: 230,
  breaks: "a lost lease fences",
};
