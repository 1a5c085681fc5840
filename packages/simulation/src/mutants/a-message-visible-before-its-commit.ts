import type { Mutant } from "./mutant.js";

/** Readers see what is not on the disk yet. */
export const aMessageVisibleBeforeItsCommit: Mutant = {
  name: "a message visible before its commit",
  patches: [
    {
      file: "chat-level/src/writer.ts",
      find: "    await this.#db.batch(batch.operations(), { sync: true });\n    this.#newestId = lastId;",
      replace:
        '    await this.#db.batch(batch.operations(), { sync: false });\n    this.#newestId = lastId;\n    await new Promise((resolve) => setTimeout(resolve, 3_000));\n    await this.#db.put("!sync", "", { sync: true });',
    },
  ],
  seed: 238,
  breaks: "a device in a calm world catches up",
};
