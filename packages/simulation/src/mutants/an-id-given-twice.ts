import type { Mutant } from "./mutant.js";

/** Some ids are those of the message before. */
export const anIdGivenTwice: Mutant = {
  name: "an id given twice",
  patches: [
    {
      file: "chat/src/memory/memory-chat-store.ts",
      find: "    this.#lastId = nextMessageId(this.#lastId, nowMs);",
      replace: "    if (nowMs % 4 > 0 || this.#lastId === 0n) this.#lastId = nextMessageId(this.#lastId, nowMs);",
    },
  ],
  seed: 3,
  breaks: "ids of messages never repeat",
};
