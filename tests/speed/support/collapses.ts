/** How often its usual time a function may take. Versions of Node differ by less, and what V8 compiles badly takes more. */
const COLLAPSE_FACTOR = 2;
/** Processors differ in what they make of the plain loop and of all functions, by less than this. */
const MOST_COMMON_FACTOR = 1.5;
/** A process that ran for a smaller share of the time was measured while the machine did something else, or stood still. */
const UNDISTURBED_SHARE = 0.8;

export interface Figure {
  readonly name: string;
  /** The function's time divided by that of a plain loop. */
  readonly ratio: number;
  readonly usualRatio: number;
}

export interface Measurement {
  readonly figures: readonly Figure[];
  /** Which share of the time the process had a processor. */
  readonly runningShare: number;
}

/** The functions that take more than twice their usual time on this processor. A measurement that was disturbed and finds some is repeated once. */
export async function findCollapses(measure: () => Promise<Measurement>): Promise<string[]> {
  const first = await measure();
  const found = collapsesIn(first);
  if (found.length === 0 || first.runningShare >= UNDISTURBED_SHARE) return found;
  return collapsesIn(await measure());
}

function collapsesIn({ figures }: Measurement): string[] {
  const factors = figures.map(({ ratio, usualRatio }) => ratio / usualRatio);
  const most = COLLAPSE_FACTOR * commonFactor(factors);
  return figures.filter((_, i) => factors[i]! > most).map(({ name }) => name);
}

/** By how much all differ from their usual time because of the processor: the lower median, with the plain loop as one of them. */
function commonFactor(factors: readonly number[]): number {
  const sorted = [1, ...factors].sort((a, b) => a - b);
  return Math.min(sorted[(sorted.length - 1) >> 1]!, MOST_COMMON_FACTOR);
}
