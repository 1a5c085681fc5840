import type { Random } from "../kernel/random.js";
import type { RequestPlan } from "../world/client-node.js";
import type { HandlerMode } from "../world/ledger.js";
import { type Action, anyClient } from "./action.js";

const modes: readonly (readonly [number, HandlerMode])[] = [
  [8, "sync"],
  [6, "async"],
  [1, "throw"],
  [1, "reject"],
  [1, "undefined"],
  [1, "fail"],
  [1, "gone"],
  [1, "try-again"],
  [1, "hang"],
  [2, "push"],
  [1, "twice"],
  [1, "large"],
];

/** Some requests at once: plain or idempotent, aborted, with a time-out of their own. */
export const request: Action = {
  name: "request",
  weight: 12,
  run(world, random) {
    const client = anyClient(world, random);
    const plans = Array.from(
      {
        length: random.weighted([
          [6, 1],
          [2, 5],
          [1, 40],
        ]),
      },
      () => planOf(random),
    );
    client.process.poll(() => {
      for (const plan of plans) client.request(plan);
    });
  },
};

function planOf(random: Random): RequestPlan {
  const mode = random.weighted(modes);
  return {
    mode,
    ms: random.pick([0, 1, 50, 400, 3_000]),
    size: mode === "large" ? random.pick([2_000, 60_000]) : 0,
    idempotent: random.weighted<boolean | string>([
      [4, false],
      [4, true],
      [1, `k${random.int(1, 5)}`],
    ]),
    timeoutMs: random.chance(0.2) ? random.pick([1, 100, 2_000]) : undefined,
    abortAfterMs: random.chance(0.1) ? random.pick([1, 30, 500]) : undefined,
  };
}
