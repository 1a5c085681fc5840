import type { Patch } from "../product/bundle.js";

/** The product with one fault, which the simulation must find. */
export interface Mutant {
  readonly name: string;
  readonly patches: readonly Patch[];
  /** The first seed that finds it. */
  readonly seed: number;
  /** The rule that it breaks there. */
  readonly breaks: string;
}
