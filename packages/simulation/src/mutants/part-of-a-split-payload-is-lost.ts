import type { Mutant } from "./mutant.js";

/** A payload that comes in three pieces lacks the second. */
export const partOfASplitPayloadIsLost: Mutant = {
  name: "part of a split payload is lost",
  patches: [
    {
      file: "transport-core/src/conn/stream-decoder.ts",
      find: "    this.#payload.set(viewOf(chunk, offset, bytes), kept);\n",
      replace:
        "    if (kept === 0 || needed === this.payloadBytes) this.#payload.set(viewOf(chunk, offset, bytes), kept);\n",
    },
  ],
  seed: 1,
  breaks: "no reported error is a programming error",
};
