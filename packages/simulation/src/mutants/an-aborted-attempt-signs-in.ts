import type { Mutant } from "./mutant.js";

/** A connection that came too late displaces the one in use. */
export const anAbortedAttemptSignsIn: Mutant = {
  name: "an aborted attempt signs in",
  patches: [
    {
      file: "client/src/im-client/reconnecting-connection.ts",
      find: '          dialing.signal.throwIfAborted();\n          missing = "no answer to the sign-in came";',
      replace: '          missing = "no answer to the sign-in came";',
    },
  ],
  seed: 0,
  breaks: "",
};
