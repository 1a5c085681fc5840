import type { ProductCode } from "../product/evaluate.js";
import { runSeed } from "./run-seed.js";
import type { SeedRange } from "./seed-range.js";

/** What the process of a batch reports to its supervisor. */
export interface SeedReport {
  readonly seed: number;
  /** Undefined when it begins. */
  readonly end?: { readonly hash: string; readonly broken: string | undefined };
}

/** Runs some seeds, and reports the beginning and the end of each. */
export async function runBatch({ first, count }: SeedRange, code: ProductCode): Promise<void> {
  const report = (message: SeedReport) => process.send?.(message);
  for (let seed = first; seed < first + count; seed++) {
    report({ seed });
    const { hash, violation } = await runSeed(seed, code);
    report({ seed, end: { hash, broken: violation?.message } });
  }
  process.disconnect?.();
}
