import { type Action, anyGateway } from "./action.js";

export const kick: Action = {
  name: "kick",
  weight: 1,
  run(world, random) {
    const life = anyGateway(world, random);
    const account = `a${random.int(1, world.options.accounts)}`;
    const target = random.chance(0.5) ? account : { account, device: `d${random.int(1, world.options.devices)}` };
    life?.process.poll(() => void life.gateway.kick(target, "for the rules"));
  },
};
