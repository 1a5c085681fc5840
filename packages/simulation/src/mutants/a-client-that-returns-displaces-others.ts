import type { Mutant } from "./mutant.js";

/** A reconnect takes the place of another session. */
export const aClientThatReturnsDisplacesOthers: Mutant = {
  name: "a client that returns displaces others",
  patches: [
    {
      file: "gateway/src/memory/memory-session-directory.ts",
      find: "    if (options.isReconnect) {",
      replace: "    if (options.isReconnect === null) {",
    },
  ],
  seed: 1,
  breaks: "a reconnecting client displaces no other session",
};
