import { type Action, anyClient } from "./action.js";

/** A device asks for what it missed, and acknowledges it. */
export const catchUp: Action = {
  name: "catch-up",
  weight: 1,
  run(world, random) {
    const client = anyClient(world, random);
    client.process.poll(() => void world.chat!.deviceOf(client).catchUp());
  },
};
