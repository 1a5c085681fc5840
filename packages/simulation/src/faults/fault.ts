import type { Random } from "../kernel/random.js";
import type { World } from "../world/world.js";

/** Something that goes wrong. */
export interface Fault {
  readonly name: string;
  /** How often it comes, relative to the others. */
  readonly weight: number;
  /**
   * @param random its own, so that dropping one fault does not change another
   * @returns what ends it, which is called when chaos ends at the latest; nothing for one that ends by itself
   */
  begin(world: World, random: Random): (() => void) | undefined;
}
