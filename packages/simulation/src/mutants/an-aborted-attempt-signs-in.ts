import type { Mutant } from "./mutant.js";

/** An attempt that was aborted while it connected goes on. The signal is looked at twice, and both looks are left out. */
export const anAbortedAttemptSignsIn: Mutant = {
  name: "an aborted attempt that signs in",
  patches: [
    {
      file: "client/src/im-client/reconnecting-connection.ts",
      find: '          signal.throwIfAborted();\n          missing = "no answer to the sign-in";',
      replace: '          missing = "no answer to the sign-in";',
    },
    {
      file: "client/src/im-client/reconnecting-connection.ts",
      find: "signedIn = await signIn(conn, { login: { ...login, token }, device, ...connect }, context);",
      replace: "signedIn = await signIn(conn, { login: { ...login, token }, device, ...connect }, {});",
    },
  ],
  seed: 7,
  breaks: "a close leaves nothing behind",
};
