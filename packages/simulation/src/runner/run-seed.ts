import { actions, chatActions } from "../actions/index.js";
import { chatFaults, directoryFaults, faults } from "../faults/index.js";
import { invariants } from "../invariants/index.js";
import { Random } from "../kernel/random.js";
import type { ProductCode } from "../product/evaluate.js";
import { World } from "../world/world.js";
import type { WorldOptions } from "../world/world-options.js";
import { drawPlan, type Step } from "./plan.js";

/** How often invariants look at a world that runs. */
const WATCH_MS = 250;
/** How long a world that ends may take for it. */
const END_MS = 60_000;

export interface SeedResult {
  readonly seed: number;
  readonly hash: string;
  readonly events: number;
  /** Milliseconds of the world's time. */
  readonly simulatedMs: number;
  readonly violation: { readonly rule: string; readonly message: string } | undefined;
  readonly lines: readonly string[];
  readonly options: WorldOptions;
  readonly plan: readonly Step[];
}

export interface RunOptions {
  /** Instead of those that the seed draws. */
  readonly options?: WorldOptions;
  readonly plan?: readonly Step[];
  readonly keepsLines?: boolean;
}

/** Runs the world of a seed from its beginning to its end. */
export async function runSeed(
  seed: number,
  code: ProductCode,
  { options, plan, keepsLines }: RunOptions = {},
): Promise<SeedResult> {
  const world = new World(seed, code, { options, keepsLines });
  const { kernel } = world;
  const steps = plan ?? drawPlan(seed, world.options);
  const unhandled = (error: unknown) => world.violate("no rejection is unhandled", String(error));
  process.on("unhandledRejection", unhandled);
  try {
    const watching = invariants.map((invariant) => invariant(world));
    kernel.write("world", JSON.stringify(world.options));
    const watch = () => {
      for (const { watch } of watching) watch?.();
      kernel.after(WATCH_MS, watch);
    };
    watch();
    await live(world, steps);
    if (!kernel.violation) for (const { afterHealing } of watching) afterHealing?.();
    for (const { whileCalm } of watching) if (!kernel.violation) await whileCalm?.();
    await end(world);
    if (!kernel.violation) for (const { atEnd } of watching) atEnd?.();
  } finally {
    process.off("unhandledRejection", unhandled);
  }
  const { violation, log } = kernel;
  return {
    seed,
    hash: log.hash,
    events: log.events,
    simulatedMs: kernel.nowMs,
    violation: violation && { rule: violation.rule, message: violation.message },
    lines: log.lines,
    options: world.options,
    plan: steps,
  };
}

/** Chaos, then time to heal. */
async function live(world: World, steps: readonly Step[]): Promise<void> {
  const { kernel, options } = world;
  for (const gateway of world.gateways) gateway.start();
  for (let i = 0; i < options.clients; i++) {
    const client = world.addClient();
    kernel.at(500 + 10 * i, () => client.process.poll(() => client.connect()));
  }
  const ends = steps.map((step) => schedule(world, step));
  await kernel.run(options.chaosMs);
  world.phase = "healing";
  kernel.write("world", "heals");
  world.ports.isTroubled = false;
  for (const end of ends) end();
  world.network.heal(options.link);
  const restart = () => {
    if (world.phase !== "healing") return;
    for (const gateway of world.gateways) gateway.start();
    kernel.after(500, restart);
  };
  restart();
  await kernel.run(kernel.nowMs + healingMs(world));
  world.phase = "calm";
}

/** The longest of what the documents promise: a dead peer is noticed, a lease ends, a client comes back. */
function healingMs({ options: { server, gateway, client } }: World): number {
  const { limits } = client;
  const { heartbeatMs, heartbeatTimeoutMs, dialTimeoutMs, reconnect } = limits;
  const noticedMs = heartbeatMs + heartbeatTimeoutMs + 15_000;
  const backMs = 3 * (dialTimeoutMs + reconnect.capMs) + 2_000;
  const leftMs = server.limits.readWaitMs + 2 * server.limits.writeWaitMs + server.limits.closeWaitMs;
  const { leaseMs, portTimeoutMs, handlerTimeoutMs } = gateway.limits;
  return noticedMs + backMs + leftMs + 2 * leaseMs + 10_000 + 4 * portTimeoutMs + handlerTimeoutMs;
}

/** @returns what ends it */
function schedule(world: World, { atMs, kind, name, seed, durationMs }: Step): () => void {
  const random = new Random(seed);
  let end: (() => void) | undefined;
  const endOnce = () => {
    const own = end;
    end = undefined;
    own?.();
  };
  world.kernel.at(atMs, () => {
    if (world.phase !== "chaos") return;
    if (kind === "action") [...actions, ...chatActions].find((action) => action.name === name)?.run(world, random);
    else
      end = [...faults, ...directoryFaults, ...chatFaults].find((fault) => fault.name === name)?.begin(world, random);
    if (end) world.kernel.after(durationMs, endOnce);
  });
  return endOnce;
}

async function end(world: World): Promise<void> {
  const { kernel } = world;
  if (kernel.violation) return;
  world.phase = "ending";
  kernel.write("world", "ends");
  for (const client of world.clients) client.process.poll(() => void client.close());
  await kernel.run(kernel.nowMs + 15_000);
  for (const gateway of world.gateways) gateway.shutdown(undefined, 30_000);
  await kernel.run(kernel.nowMs + END_MS);
}
