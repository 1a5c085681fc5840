import { encodeJson } from "../world/json.js";
import { type Action, anyGateway } from "./action.js";

export const broadcast: Action = {
  name: "broadcast",
  weight: 2,
  run(world, random) {
    const life = anyGateway(world, random);
    const pad = "x".repeat(random.pick([0, 5_000]));
    life?.process.poll(() => {
      const source = `broadcast ${world.pushes.nextSource()}`;
      world.kernel.write(life.name, `broadcasts ${source}`);
      void life.gateway.broadcast("note", encodeJson({ source, number: 1, pad }));
    });
  },
};
