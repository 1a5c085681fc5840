import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { mutants } from "../mutants/index.js";
import { bundleProduct } from "../product/bundle.js";
import { ProductCode } from "../product/evaluate.js";
import { runBatch } from "./batch.js";
import { codeOf, findMutant } from "./find-mutant.js";
import { runSeed, type SeedResult } from "./run-seed.js";
import { shrink } from "./shrink.js";
import { readPlan, storePlan } from "./stored-plan.js";
import { superviseSeeds } from "./supervisor.js";

const usage = `pnpm simulate --from N --count M   runs many seeds in child processes, --jobs of them at a time (default: one for each core)
pnpm simulate --seed N             prints what happens in the world of a seed; if it breaks a rule, only what is needed for it
pnpm simulate --plan FILE          prints what happens in the world of a stored plan
pnpm simulate --mutant NAME        searches the first seed that finds a mutant, or each whose name begins like this
pnpm simulate --mutants            searches the first seed of every mutant
--store FILE, with --seed or --mutant, stores what is needed for the failure as a plan`;

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    from: { type: "string", default: "1" },
    count: { type: "string" },
    jobs: { type: "string" },
    mutant: { type: "string" },
    mutants: { type: "boolean", default: false },
    plan: { type: "string" },
    store: { type: "string" },
    batch: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const name = values.mutants ? "" : values.mutant;
const seeds = { first: Number(values.from), count: Number(values.count ?? (name === undefined ? 300 : 1_000)) };

if (values.help) console.log(usage);
else if (values.batch) await runBatch(seeds, new ProductCode(await bundleProduct()));
else if (name !== undefined) await hunt(name);
else if (values.plan !== undefined) process.exitCode = await replay(values.plan);
else if (values.seed !== undefined) process.exitCode = await show(Number(values.seed));
else process.exitCode = await superviseSeeds(seeds, Number(values.jobs ?? availableParallelism()));

/** Prints which seed finds a mutant first. */
async function hunt(prefix: string): Promise<void> {
  for (const mutant of mutants.filter((each) => each.name.startsWith(prefix))) {
    const found = await findMutant(mutant, seeds, ({ seed, violation }) => {
      console.log(`${mutant.name}: seed ${seed} breaks another rule, ${violation?.message}`);
    });
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
  const { seed, options, steps: plan, mutant: mutantName } = await readPlan(file);
  const mutant = mutants.find((each) => each.name === mutantName);
  const code = mutant ? await codeOf(mutant) : new ProductCode(await bundleProduct());
  return print(await runSeed(seed, code, { options, plan, keepsLines: true }));
}

/** @returns the exit code */
function print({ seed, lines, violation, hash }: SeedResult): number {
  console.log(lines.join("\n"));
  console.log(`\nseed ${seed}: ${violation?.message ?? "no rule was broken"}; hash ${hash}`);
  return violation ? 1 : 0;
}
