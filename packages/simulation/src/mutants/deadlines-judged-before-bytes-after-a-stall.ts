import type { Mutant } from "./mutant.js";

/** A process that stood still ends its connections before it reads what came meanwhile. */
export const deadlinesJudgedBeforeBytesAfterAStall: Mutant = {
  name: "deadlines judged before bytes after a stall",
  patches: [
    {
      file: "transport-core/src/deadline/deadline-wheel.ts",
      find: "readonly #timer = new PatientTimer((nowMs) => this.#sweep(nowMs), false);",
      replace: `readonly #timer = Object.assign(new PatientTimer(() => {}), {
        stop: () => clearTimeout(this.#plain),
        start: (ms: number) => {
          clearTimeout(this.#plain);
          this.#plain = setTimeout(() => this.#sweep(performance.now()), ms);
        },
      });
      #plain: ReturnType<typeof setTimeout> | undefined;`,
    },
  ],
  seed: 115,
  breaks: "a live peer is never declared dead",
};
