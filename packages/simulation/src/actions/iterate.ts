import { type Action, anyClient } from "./action.js";

/** Reads some pushes by an iteration, and ends it or leaves it open. */
export const iterate: Action = {
  name: "iterate",
  weight: 1,
  run(world, random) {
    const client = anyClient(world, random);
    const pushes = random.int(0, 4);
    const isLeftOpen = random.chance(0.4);
    client.process.poll(() => void client.iterate(pushes, isLeftOpen));
  },
};
