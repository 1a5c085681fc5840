// Measures the hot functions, in a process of its own, and prints a Measurement. Arguments: the names of those that it runs three
// times instead of once.
import type { Measurement } from "./collapses.js";
import { hotFunctions } from "./hot-functions.js";
import { medianRatios } from "./interleaved-rounds.js";
import { plainLoop } from "./plain-loop.js";

const slowed = new Set(process.argv.slice(2));

const startMs = performance.now();
const startCpu = process.cpuUsage();
const ratios = await medianRatios(
  hotFunctions.map(({ name, bytes, run }) => ({
    work: slowed.has(name) ? threeTimes(run) : run,
    besides: () => plainLoop(bytes),
  })),
);
const { user, system } = process.cpuUsage(startCpu);

const measurement: Measurement = {
  figures: hotFunctions.map(({ name, usualRatio }, i) => ({ name, usualRatio, ratio: ratios[i]! })),
  runningShare: (user + system) / 1000 / (performance.now() - startMs),
};
console.log(JSON.stringify(measurement));

function threeTimes(run: () => unknown): () => unknown {
  return () => {
    run();
    run();
    return run();
  };
}
