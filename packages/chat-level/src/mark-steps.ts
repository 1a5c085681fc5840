import type { Moved } from "@im/chat";
import { readMark, writeMark } from "./records.js";
import type { WriteStep } from "./writer.js";

/** Moves a mark forward, but not beyond the newest id that is visible. */
export function advanceStep(
  name: string,
  messageId: bigint,
  { newestId, nowMs }: { newestId(): bigint; nowMs(): number },
): WriteStep<Moved> {
  return {
    reads: [name],
    apply(batch) {
      const before = batch.get(name);
      const from = before === undefined ? 0n : readMark(before).id;
      const newest = newestId();
      const wanted = messageId < newest ? messageId : newest;
      const to = wanted > from ? wanted : from;
      // A position that is set again does not expire.
      if (to > 0n) batch.put(name, writeMark(to, nowMs()));
      return { from, to };
    },
  };
}
