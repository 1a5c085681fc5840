import { expect, it } from "vitest";
import { findMutant } from "../src/mutants/find-mutant.js";
import { mutants } from "../src/mutants/index.js";

it.each(mutants)("$name is found", { timeout: 60_000 }, async (mutant) => {
  const found = await findMutant(mutant, mutant.seed, mutant.seed);
  expect(found?.violation?.rule).toBe(mutant.breaks);
});
