// Breaks the store on purpose: LevelDB is not asked to sync.
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const level = createRequire(fileURLToPath(new URL("../../../packages/chat-level/package.json", import.meta.url)));
const { ClassicLevel } = level("classic-level");
const { batch } = ClassicLevel.prototype;
ClassicLevel.prototype.batch = function (operations, options) {
  return batch.call(this, operations, { ...options, sync: false });
};
