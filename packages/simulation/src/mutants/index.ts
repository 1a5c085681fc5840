import { leaveWithoutCompare } from "./leave-without-compare.js";
import type { Mutant } from "./mutant.js";

/** All mutants. A new one stands here. */
export const mutants: readonly Mutant[] = [leaveWithoutCompare];
