import type { Mutant } from "./mutant.js";

/** A response goes to a request of its command, whatever its sequence. */
export const responsesMatchedWithoutSequence: Mutant = {
  name: "responses matched without sequence",
  patches: [
    {
      file: "client/src/im-client/requests.ts",
      find: "const request = this.#inFlight.get(response.sequence);",
      replace: "const request = this.#inFlight.get(response.sequence) ?? this.#inFlight.get(response.sequence + 1);",
    },
  ],
  seed: 4,
  breaks: "a response settles only its own request",
};
