import type { Mutant } from "./mutant.js";

/** Only what gateways announce ends the presence of an account. */
export const accountsOfADeadGatewayStayOnline: Mutant = {
  name: "accounts of a dead gateway stay online",
  patches: [
    {
      file: "chat/src/presence/watched-presence.ts",
      find: 'else if (occasion === "went" || wasMissing)',
      replace: 'else if (occasion === "went")',
    },
  ],
  seed: 201,
  breaks: "watchers know who is online",
};
