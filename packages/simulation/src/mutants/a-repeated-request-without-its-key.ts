import type { Mutant } from "./mutant.js";

/** A request that is sent again does not carry its key. */
export const aRepeatedRequestWithoutItsKey: Mutant = {
  name: "a repeated request without its key",
  patches: [
    {
      file: "client/src/im-client/requests.ts",
      find: "const isKeyed = value !== undefined && connection.supportsIdempotency;",
      replace: 'const isKeyed = value !== undefined && connection.supportsIdempotency && request.delivery === "none";',
    },
  ],
  seed: 66,
  breaks: "an idempotent request runs once",
};
