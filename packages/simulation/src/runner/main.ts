import { parseArgs } from "node:util";
import { findMutant } from "../mutants/find-mutant.js";
import { mutants } from "../mutants/index.js";
import { bundleProduct } from "../product/bundle.js";
import { ProductCode } from "../product/evaluate.js";
import { runBatch } from "./batch.js";
import { runSeed } from "./run-seed.js";
import { shrink } from "./shrink.js";
import { superviseSeeds } from "./supervisor.js";

const usage = `pnpm simulate --seed N            prints what happens in the world of a seed; of one that fails, what is needed for it
pnpm simulate --mutant NAME       looks for the first seed that finds a mutant; of those whose names begin so
pnpm simulate --from N --count M  runs many seeds, each batch in a process that is watched`;

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    from: { type: "string", default: "1" },
    count: { type: "string" },
    mutant: { type: "string" },
    batch: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const seeds = { first: Number(values.from), count: Number(values.count ?? 300) };

if (values.help) console.log(usage);
else if (values.batch) await runBatch(seeds, new ProductCode(await bundleProduct()));
else if (values.mutant !== undefined) await hunt(values.mutant);
else if (values.seed === undefined) process.exitCode = await superviseSeeds(seeds);
else process.exitCode = await show(Number(values.seed));

/** Prints which seed finds a mutant first. */
async function hunt(name: string): Promise<void> {
  for (const mutant of mutants.filter((each) => each.name.startsWith(name))) {
    const found = await findMutant(mutant, seeds.first, seeds.first + seeds.count - 1);
    console.log(`${mutant.name}: ${found ? `seed ${found.seed}, ${found.violation?.message}` : "not found"}`);
  }
}

/** Prints the trace of a seed. @returns the exit code */
async function show(seed: number): Promise<number> {
  const code = new ProductCode(await bundleProduct());
  const whole = await runSeed(seed, code, { keepsLines: true });
  const shown = whole.violation ? await shrink(whole, code) : whole;
  console.log(shown.lines.join("\n"));
  console.log(`\nseed ${seed}: ${shown.violation?.message ?? "no rule was broken"}; hash ${whole.hash}`);
  if (!whole.violation) return 0;
  console.log(`${shown.plan.length} of ${whole.plan.length} steps are needed:`);
  for (const { atMs, kind, name } of shown.plan) console.log(`  ${atMs} ms: ${kind} ${name}`);
  return 1;
}
