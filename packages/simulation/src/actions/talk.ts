import { type Action, anyClient } from "./action.js";

/** Someone says something to an account or in the group; some texts are sent again with their key, also by another device. */
export const talk: Action = {
  name: "talk",
  weight: 4,
  run(world, random) {
    const client = anyClient(world, random);
    const to = random.chance(0.3) ? undefined : `a${random.int(1, world.options.accounts)}`;
    const texts = random.pick([1, 1, 4, 15]);
    const isKeyed = random.chance(0.7);
    const isRepetition = random.chance(0.2);
    const choice = random.uint32();
    client.process.poll(() => {
      const device = world.chat!.deviceOf(client);
      if (isRepetition) device.repeat(choice);
      else for (let i = 0; i < texts; i++) device.talk(to, isKeyed);
    });
  },
};
