import type { Mutant } from "./mutant.js";

/** A repetition that the gateway does not know is stored again. */
export const aKeyThatTheStoreForgets: Mutant = {
  name: "a key that the store forgets",
  patches: [
    {
      file: "chat/src/memory/memory-chat-store.ts",
      find: "if (key !== undefined) this.#keys.keep(sender, key, stored, this.#nowMs());",
      replace: "",
    },
  ],
  seed: 120,
  breaks: "a key stores one message",
};
