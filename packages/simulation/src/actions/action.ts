import type { Random } from "../kernel/random.js";
import type { World } from "../world/world.js";

/** Something that applications do. */
export interface Action {
  readonly name: string;
  /** How often it comes, relative to the others. */
  readonly weight: number;
  /** @param random its own, so that dropping one action does not change another */
  run(world: World, random: Random): void;
}

/** A client of those that exist; the world may have fewer than when the action was drawn. */
export function anyClient(world: World, random: Random) {
  return random.pick(world.clients);
}

/** A gateway that runs, if there is one. */
export function anyGateway(world: World, random: Random) {
  const running = world.gateways.filter(({ state }) => state === "up");
  return running.length > 0 ? random.pick(running).life : undefined;
}
