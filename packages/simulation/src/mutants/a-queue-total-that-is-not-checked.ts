import type { Mutant } from "./mutant.js";

/** Beyond the total of all queues nothing gives way. */
export const aQueueTotalThatIsNotChecked: Mutant = {
  name: "a queue total that is not checked",
  patches: [
    {
      file: "transport-core/src/limits/queued-total.ts",
      find: "    while (this.bytes + neededBytes > this.maxBytes) {",
      replace: "    while (this.bytes + neededBytes < 0) {",
    },
    {
      file: "transport-core/src/limits/queued-total.ts",
      find: "return this.bytes + addedBytes <= this.maxBytes || ",
      replace: "return addedBytes >= 0 || ",
    },
  ],
  seed: 164,
  breaks: "all queues together stay within their limit",
};
