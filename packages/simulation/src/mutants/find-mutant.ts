import { bundleProduct } from "../product/bundle.js";
import { ProductCode } from "../product/evaluate.js";
import { runSeed, type SeedResult } from "../runner/run-seed.js";
import type { Mutant } from "./mutant.js";

/** The product with the fault of a mutant. */
export async function codeOf({ patches }: Mutant): Promise<ProductCode> {
  return new ProductCode(await bundleProduct(patches));
}

/** @returns the first seed of which a world breaks a rule; undefined if none does */
export async function findMutant(mutant: Mutant, firstSeed: number, lastSeed: number): Promise<SeedResult | undefined> {
  const code = await codeOf(mutant);
  for (let seed = firstSeed; seed <= lastSeed; seed++) {
    const result = await runSeed(seed, code);
    if (result.violation) return result;
  }
  return undefined;
}
