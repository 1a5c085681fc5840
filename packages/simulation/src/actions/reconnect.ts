import { type Action, anyClient } from "./action.js";

/** Closes and connects again, while the old connection may still be closing. */
export const reconnect: Action = {
  name: "reconnect",
  weight: 3,
  run(world, random) {
    const client = anyClient(world, random);
    const pauseMs = random.pick([0, 0, 20, 300]);
    client.process.poll(() => {
      void client.close();
      if (pauseMs === 0) client.connect();
      else client.process.later(pauseMs, () => client.connect());
    });
  },
};
