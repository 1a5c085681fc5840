import { bundleProduct } from "../product/bundle.js";
import { ProductCode } from "../product/evaluate.js";
import { runSeed, type SeedResult } from "../runner/run-seed.js";
import type { Mutant } from "./mutant.js";

/** @returns the first seed of which a world breaks a rule; undefined if none does */
export async function findMutant(
  { patches }: Mutant,
  firstSeed: number,
  lastSeed: number,
): Promise<SeedResult | undefined> {
  const code = new ProductCode(await bundleProduct(patches));
  for (let seed = firstSeed; seed <= lastSeed; seed++) {
    const result = await runSeed(seed, code);
    if (result.violation) return result;
  }
  return undefined;
}
