import { setImmediate as nextTurn } from "node:timers/promises";

/** So short that few samples meet a machine that stands still, and long enough for the clock. */
const SAMPLE_MS = 0.5;
/** V8 has compiled the functions by then. */
const WARM_UP_ROUNDS = 100;
const MEASURED_ROUNDS = 101;

export interface Comparison {
  work(): unknown;
  besides(): unknown;
}

/** Samples all functions in turn, round after round. @returns for each comparison the median of work's time divided by the other's */
export async function medianRatios(comparisons: readonly Comparison[]): Promise<number[]> {
  const sampled = comparisons.map(({ work, besides }) => ({
    work: new SampledFunction(work),
    besides: new SampledFunction(besides),
    ratios: [] as number[],
  }));
  for (let round = 0; round < WARM_UP_ROUNDS + MEASURED_ROUNDS; round++) {
    for (const { work, besides, ratios } of sampled) {
      const ratio = work.sampleMs() / besides.sampleMs();
      if (round >= WARM_UP_ROUNDS) ratios.push(ratio);
    }
    // Here V8 installs what it has compiled in the background.
    await nextTurn();
  }
  return sampled.map(({ ratios }) => ratios.sort((a, b) => a - b)[ratios.length >> 1]!);
}

class SampledFunction {
  readonly #run: () => unknown;
  #times = 1;
  lastResult: unknown;

  constructor(run: () => unknown) {
    this.#run = run;
  }

  /** @returns the mean time of one run, of as many as fit a sample */
  sampleMs(): number {
    const start = performance.now();
    for (let i = 0; i < this.#times; i++) this.lastResult = this.#run();
    const eachMs = (performance.now() - start) / this.#times;
    this.#times = Math.max(1, Math.round(SAMPLE_MS / eachMs));
    return eachMs;
  }
}
