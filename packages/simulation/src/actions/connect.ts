import { type Action, anyClient } from "./action.js";

export const connect: Action = {
  name: "connect",
  weight: 4,
  run(world, random) {
    const client = anyClient(world, random);
    client.process.poll(() => client.connect());
  },
};
