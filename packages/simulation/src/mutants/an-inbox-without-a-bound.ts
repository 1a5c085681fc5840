import type { Mutant } from "./mutant.js";

/** A server reads on, however much waits for its handlers. */
export const anInboxWithoutABound: Mutant = {
  name: "an inbox without a bound",
  patches: [
    {
      file: "transport-core/src/channel/read-loop.ts",
      find: "    return inbox !== undefined && (inbox.isFull || inbox.isCrowded);",
      replace: "    return inbox !== undefined && inbox.length < 0;",
    },
  ],
  seed: 12,
  breaks: "an inbox stays within its limit",
};
