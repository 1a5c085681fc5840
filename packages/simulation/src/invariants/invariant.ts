import type { World } from "../world/world.js";

/** Looks at one world, and calls `world.violate` when its rule does not hold. */
export interface Watching {
  /** Called a few times a second. */
  watch?(): void;
  /** Called when all faults are over and their effects had time to go. */
  afterHealing?(): void;
  /** Called after that. It may let time pass. */
  whileCalm?(): Promise<void>;
  /** Called when all clients are closed and all gateways have shut down. */
  atEnd?(): void;
}

/** Begins to watch a world: it may also observe what happens in it. */
export type Invariant = (world: World) => Watching;
