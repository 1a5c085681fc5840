import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { mutants } from "../src/mutants/index.js";
import { codeOf } from "../src/runner/find-mutant.js";
import { runSeed } from "../src/runner/run-seed.js";
import { readPlan } from "../src/runner/stored-plan.js";
import { product } from "./support/product.js";

const folder = new URL("plans/", import.meta.url);

describe.each(readdirSync(folder))("the plan %s", async (file) => {
  const { seed, options, steps: plan, mutant: name, breaks } = await readPlan(new URL(file, folder));

  it("breaks no rule", async () => {
    const { violation } = await runSeed(seed, product, { options, plan });
    expect(violation).toBeUndefined();
  });

  it.runIf(name !== undefined)(`shows ${name}`, async () => {
    const mutant = mutants.find((each) => each.name === name);
    const { violation } = await runSeed(seed, await codeOf(mutant!), { options, plan });
    expect(violation?.rule).toBe(breaks);
  });
});
