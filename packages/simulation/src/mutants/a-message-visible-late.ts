import type { Mutant } from "./mutant.js";

/** An id is visible after larger ones, so that a cursor skips it. */
export const aMessageVisibleLate: Mutant = {
  name: "a message visible late",
  patches: [
    {
      file: "chat/src/memory/memory-chat-store.ts",
      find: "const DAY_MS = 86_400_000;",
      replace: "const DAY_MS = 86_400_000;\nconst late = new Set<bigint>();",
    },
    {
      file: "chat/src/memory/memory-chat-store.ts",
      find: "    this.#messages.set(id, stored);",
      replace:
        "    this.#messages.set(id, stored);\n    late.add(id);\n    setTimeout(() => late.delete(id), Number(id % 3n) * 700);",
    },
    {
      file: "chat/src/memory/memory-chat-store.ts",
      find: "    return merged(sources, limit).map(",
      replace: "    return merged(sources, limit).filter(({ messageId }) => !late.has(messageId)).map(",
    },
  ],
  seed: 3,
  breaks: "an acknowledged message is never lost",
};
