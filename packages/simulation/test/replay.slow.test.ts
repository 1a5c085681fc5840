import { expect, it } from "vitest";
import { runSeed } from "../src/runner/run-seed.js";
import { product } from "./support/product.js";

const replays = Number(process.env.SIMULATION_REPLAYS ?? 20);

it(`each of ${replays} seeds gives the same world again`, { timeout: 60_000 + replays * 2_000 }, async () => {
  for (let seed = 1; seed <= replays; seed++) {
    const [once, again] = [await runSeed(seed, product), await runSeed(seed, product)];
    expect(again.hash, `seed ${seed}`).toBe(once.hash);
    expect(again.events).toBe(once.events);
  }
});

it("another seed gives another world", async () => {
  const hashes = [await runSeed(1, product), await runSeed(2, product)].map(({ hash }) => hash);
  expect(new Set(hashes).size).toBe(2);
});

it("a step that is left out does not change the steps before it", async () => {
  const whole = await runSeed(3, product, { keepsLines: true });
  const plan = whole.plan.slice(0, -1);
  const beganMs = whole.plan.at(-1)!.atMs;
  const shorter = await runSeed(3, product, { plan, keepsLines: true });
  const before = (lines: readonly string[]) => lines.filter((line) => Number.parseFloat(line) < beganMs);
  expect(before(shorter.lines)).toEqual(before(whole.lines));
});
