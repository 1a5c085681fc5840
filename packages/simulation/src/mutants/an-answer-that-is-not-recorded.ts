import type { Mutant } from "./mutant.js";

/** A repetition runs its request again. */
export const anAnswerThatIsNotRecorded: Mutant = {
  name: "an answer that is not recorded",
  patches: [
    {
      file: "gateway/src/routing/handled-request.ts",
      find: "this.#services.claims.record(claim, { status, body }, (error) => this.report(error));",
      replace: "this.#services.claims.release(claim, (error) => this.report(error));",
    },
  ],
  seed: 3,
  breaks: "an idempotent request runs once",
};
