import { type Action, anyClient } from "./action.js";

export const close: Action = {
  name: "close",
  weight: 1,
  run(world, random) {
    const client = anyClient(world, random);
    client.process.poll(() => void client.close());
  },
};
