import type { ProductCode } from "../product/evaluate.js";
import type { Step } from "./plan.js";
import { runSeed, type SeedResult } from "./run-seed.js";

/** Leaves out steps of a seed that fails, for as long as it still breaks the same rule. */
export async function shrink(failed: SeedResult, code: ProductCode): Promise<SeedResult> {
  let smallest = failed;
  for (let size = Math.ceil(failed.plan.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = 0; start < smallest.plan.length; ) {
      const plan: Step[] = [...smallest.plan];
      plan.splice(start, size);
      const result = await runSeed(failed.seed, code, { options: failed.options, plan, keepsLines: true });
      if (result.violation?.rule === failed.violation?.rule) smallest = result;
      else start += size;
    }
  }
  return smallest;
}
