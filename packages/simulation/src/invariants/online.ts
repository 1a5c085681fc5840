import type { Invariant } from "./invariant.js";

/** Every client that wants to be online is, once nothing goes wrong any more. */
export const online: Invariant = (world) => ({
  afterHealing() {
    for (const { name, client, wantsOnline } of world.clients) {
      const { state } = client.status;
      if (wantsOnline && state !== "online")
        world.violate("every client reconnects after healing", `${name} is ${state}`);
    }
  },
});
