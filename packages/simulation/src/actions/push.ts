import type { GatewayLife } from "../world/gateway-node.js";
import { encodeJson, sleep } from "../world/handlers.js";
import type { World } from "../world/world.js";
import { type Action, anyGateway } from "./action.js";

/** One gateway pushes some numbered notes to an account, each when the one before is on its way. */
export const push: Action = {
  name: "push",
  weight: 6,
  run(world, random) {
    const life = anyGateway(world, random);
    const account = `a${random.int(1, world.options.accounts)}`;
    const notes = random.pick([1, 5, 40]);
    const pauseMs = random.pick([0, 0, 20]);
    const pad = "x".repeat(random.pick([0, 100, 3_000, 9_000]));
    life?.process.poll(() => void pushAll(world, life, account, { notes, pauseMs, pad }));
  },
};

async function pushAll(
  world: World,
  life: GatewayLife,
  account: string,
  { notes, pauseMs, pad }: { notes: number; pauseMs: number; pad: string },
): Promise<void> {
  const source = world.pushes.nextSource();
  world.kernel.write(life.name, `pushes ${notes} notes of ${source} to ${account}`);
  for (let number = 1; number <= notes; number++) {
    await life.gateway.push(account, "note", encodeJson({ source, number, pad }));
    if (pauseMs > 0) await sleep(life.process, pauseMs);
  }
}
