import { parseArgs } from "node:util";
import { codeOf, findMutant } from "../mutants/find-mutant.js";
import { mutants } from "../mutants/index.js";
import { bundleProduct } from "../product/bundle.js";
import { ProductCode } from "../product/evaluate.js";
import { runBatch } from "./batch.js";
import { runSeed, type SeedResult } from "./run-seed.js";
import { shrink } from "./shrink.js";
import { readPlan, storePlan } from "./stored-plan.js";
import { superviseSeeds } from "./supervisor.js";

const usage = `pnpm simulate --seed N            prints what happens in the world of a seed; of one that fails, what is needed for it
pnpm simulate --mutant NAME       looks for the first seed that finds a mutant; of those whose names begin so
pnpm simulate --plan FILE         prints what happens in the world of a stored plan
pnpm simulate --from N --count M  runs many seeds, each batch in a process that is watched
--store FILE, with --seed or --mutant, stores what is needed for the failure as a plan`;

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    from: { type: "string", default: "1" },
    count: { type: "string" },
    mutant: { type: "string" },
    plan: { type: "string" },
    store: { type: "string" },
    batch: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const seeds = { first: Number(values.from), count: Number(values.count ?? 300) };

if (values.help) console.log(usage);
else if (values.batch) await runBatch(seeds, new ProductCode(await bundleProduct()));
else if (values.mutant !== undefined) await hunt(values.mutant);
else if (values.plan !== undefined) process.exitCode = await replay(values.plan);
else if (values.seed === undefined) process.exitCode = await superviseSeeds(seeds);
else process.exitCode = await show(Number(values.seed));

/** Prints which seed finds a mutant first. */
async function hunt(name: string): Promise<void> {
  for (const mutant of mutants.filter((each) => each.name.startsWith(name))) {
    const found = await findMutant(mutant, seeds.first, seeds.first + seeds.count - 1);
    console.log(`${mutant.name}: ${found ? `seed ${found.seed}, ${found.violation?.message}` : "not found"}`);
    if (found && values.store !== undefined) {
      await storePlan(values.store, await shrink(found, await codeOf(mutant)), mutant.name);
    }
  }
}

/** Prints the trace of a seed. @returns the exit code */
async function show(seed: number): Promise<number> {
  const code = new ProductCode(await bundleProduct());
  const whole = await runSeed(seed, code, { keepsLines: true });
  if (!whole.violation) return print(whole);
  const shrunk = await shrink(whole, code);
  print(shrunk);
  console.log(`${shrunk.plan.length} of ${whole.plan.length} steps are needed:`);
  for (const { atMs, kind, name } of shrunk.plan) console.log(`  ${atMs} ms: ${kind} ${name}`);
  if (values.store !== undefined) await storePlan(values.store, shrunk);
  return 1;
}

/** Prints the trace of a stored plan; of one for a mutant, with its fault. @returns the exit code */
async function replay(file: string): Promise<number> {
  const { seed, options, steps: plan, mutant: name } = await readPlan(file);
  const mutant = mutants.find((each) => each.name === name);
  const code = mutant ? await codeOf(mutant) : new ProductCode(await bundleProduct());
  return print(await runSeed(seed, code, { options, plan, keepsLines: true }));
}

/** @returns the exit code */
function print({ seed, lines, violation, hash }: SeedResult): number {
  console.log(lines.join("\n"));
  console.log(`\nseed ${seed}: ${violation?.message ?? "no rule was broken"}; hash ${hash}`);
  return violation ? 1 : 0;
}
