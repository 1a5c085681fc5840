import { expect, it } from "vitest";
import { mutants } from "../src/mutants/index.js";
import { findMutant } from "../src/runner/find-mutant.js";

/** A change of the product moves what seeds draw, so the first seed that finds a mutant is elsewhere then. */
const SEEDS = 200;

const searched = mutants.flatMap(({ seed, ...mutant }) => (seed === undefined ? [] : [{ ...mutant, seed }]));

it.each(searched)("$name: $breaks", { timeout: 120_000 }, async (mutant) => {
  const found = await findMutant(mutant, { first: mutant.seed, count: SEEDS });
  expect(found?.violation?.rule).toBe(mutant.breaks);
});
