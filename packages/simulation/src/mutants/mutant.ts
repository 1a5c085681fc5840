import type { Patch } from "../product/bundle.js";

/** The product with one fault, which the simulation must find. */
export interface Mutant {
  readonly name: string;
  readonly patches: readonly Patch[];
  /**
   * Where the search for it begins: the first seed that found it, when it was last searched from the first. Undefined for one
   * that only a stored plan shows.
   */
  readonly seed: number | undefined;
  /** The rule that it breaks. */
  readonly breaks: string;
}
