import type { Mutant } from "./mutant.js";

/** A request without a key is sent again after the connection was lost. */
export const aPlainRequestIsRepeated: Mutant = {
  name: "a plain request is repeated",
  patches: [
    {
      file: "client/src/im-client/requests.ts",
      find: "const mayBeRepeated = ({ settings }: PendingRequest) => wentWithKeys && settings.idempotencyKey !== undefined;",
      replace:
        "const mayBeRepeated = ({ settings }: PendingRequest) => wentWithKeys || settings.idempotencyKey !== undefined;",
    },
  ],
  seed: 21,
  breaks: "a plain request runs at most once",
};
