// Measures the hot functions, in a process of its own, and prints a Measurement. Arguments: how often it runs the slowed
// ones instead of once, and their names.
import type { Measurement } from "./collapses.js";
import { hotFunctions } from "./hot-functions.js";
import { medianRatios } from "./interleaved-rounds.js";
import { plainLoop } from "./plain-loop.js";

const [times, ...slowed] = process.argv.slice(2);

const startMs = performance.now();
const startCpu = process.cpuUsage();
const ratios = await medianRatios(
  hotFunctions.map(({ name, bytes, run }) => ({
    work: slowed.includes(name) ? repeated(run, Number(times)) : run,
    besides: () => plainLoop(bytes),
  })),
);
const { user, system } = process.cpuUsage(startCpu);

const measurement: Measurement = {
  figures: hotFunctions.map(({ name, usualRatio }, i) => ({ name, usualRatio, ratio: ratios[i]! })),
  runningShare: (user + system) / 1000 / (performance.now() - startMs),
};
console.log(JSON.stringify(measurement));

function repeated(run: () => unknown, times: number): () => unknown {
  return () => {
    for (let i = 1; i < times; i++) run();
    return run();
  };
}
