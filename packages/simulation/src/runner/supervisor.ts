import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { SeedRange, SeedReport } from "./batch.js";

const BATCH_SEEDS = 100;
/** A seed takes a tenth of a second. One that takes this long goes in circles. */
const HANGS_AFTER_MS = 60_000;

/**
 * Runs seeds in processes of their own, a batch in each, and ends one in which a seed hangs: an endless loop stops everything
 * else in its process.
 *
 * @returns the exit code
 */
export async function superviseSeeds({ first, count }: SeedRange): Promise<number> {
  const broken = new Map<number, string>();
  const beganMs = performance.now();
  let next = first;
  while (next < first + count) {
    const batch = { first: next, count: Math.min(BATCH_SEEDS, first + count - next) };
    next = await runWatched(batch, (seed, what) => {
      broken.set(seed, what);
      console.log(`seed ${seed}: ${what}`);
    });
  }
  const perSecond = (1_000 * count) / (performance.now() - beganMs);
  console.log(`${count} seeds from ${first}, ${perSecond.toFixed(1)} a second: ${broken.size} break a rule`);
  return broken.size > 0 ? 1 : 0;
}

/** @returns the seed to go on with */
function runWatched({ first, count }: SeedRange, failed: (seed: number, what: string) => void): Promise<number> {
  return new Promise((resolve) => {
    const child = fork(fileURLToPath(import.meta.url), ["--batch", "--from", `${first}`, "--count", `${count}`], {
      execArgv: ["--enable-source-maps"],
    });
    let running = first;
    let isHanging = false;
    const hangs = () => {
      isHanging = true;
      child.kill("SIGKILL");
    };
    let watchdog = setTimeout(hangs, HANGS_AFTER_MS);
    child.on("message", ({ seed, end }: SeedReport) => {
      clearTimeout(watchdog);
      watchdog = setTimeout(hangs, HANGS_AFTER_MS);
      running = end ? seed + 1 : seed;
      if (end?.broken !== undefined) failed(seed, end.broken);
    });
    child.on("exit", () => {
      clearTimeout(watchdog);
      if (running < first + count) failed(running, isHanging ? "hangs" : "its process ended");
      resolve(running < first + count ? running + 1 : running);
    });
  });
}
