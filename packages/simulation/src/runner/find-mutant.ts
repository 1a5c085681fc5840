import type { Mutant } from "../mutants/mutant.js";
import { bundleProduct } from "../product/bundle.js";
import { ProductCode } from "../product/evaluate.js";
import { runSeed, type SeedResult } from "./run-seed.js";
import type { SeedRange } from "./seed-range.js";

/** The product with the fault of a mutant. */
export async function codeOf({ patches }: Mutant): Promise<ProductCode> {
  return new ProductCode(await bundleProduct(patches));
}

/**
 * @param foundOtherwise called for seeds before it that break another rule
 * @returns the first seed that breaks the rule of the mutant; undefined if none does
 */
export async function findMutant(
  mutant: Mutant,
  { first, count }: SeedRange,
  foundOtherwise?: (result: SeedResult) => void,
): Promise<SeedResult | undefined> {
  const code = await codeOf(mutant);
  for (let seed = first; seed < first + count; seed++) {
    const result = await runSeed(seed, code);
    if (result.violation?.rule === mutant.breaks) return result;
    if (result.violation) foundOtherwise?.(result);
  }
  return undefined;
}
