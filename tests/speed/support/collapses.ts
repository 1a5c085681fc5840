/** How often its usual time a function may take. Versions of Node differ by less, and what V8 compiles badly takes more. */
const COLLAPSE_FACTOR = 2;
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

/** The functions that take more than twice their usual time. A measurement that was disturbed and finds some is repeated once. */
export async function findCollapses(measure: () => Promise<Measurement>): Promise<string[]> {
  const first = await measure();
  const found = collapsesIn(first);
  if (found.length === 0 || first.runningShare >= UNDISTURBED_SHARE) return found;
  return collapsesIn(await measure());
}

function collapsesIn({ figures }: Measurement): string[] {
  return figures.filter(({ ratio, usualRatio }) => ratio > COLLAPSE_FACTOR * usualRatio).map(({ name }) => name);
}
