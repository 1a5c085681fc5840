import { fork } from "node:child_process";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { SeedReport } from "./batch.js";
import type { SeedRange } from "./seed-range.js";

const MAX_BATCH_SEEDS = 500;
/** A seed takes a tenth of a second. One that takes this long runs in circles. */
const HANGS_AFTER_MS = 60_000;

/**
 * Runs seeds in child processes, a batch in each, and kills one in which a seed hangs: an endless loop stops everything else
 * in its process.
 *
 * @param jobs how many batches run at the same time
 * @returns the exit code
 */
export async function superviseSeeds({ first, count }: SeedRange, jobs: number): Promise<number> {
  const beganMs = performance.now();
  const hashes: string[] = [];
  let broken = 0;
  const ended = (seed: number, hash: string, what: string | undefined) => {
    hashes[seed - first] = hash;
    if (what === undefined) return;
    broken++;
    console.log(`seed ${seed}: ${what}`);
  };
  const batchSeeds = Math.min(MAX_BATCH_SEEDS, Math.ceil(count / jobs));
  const end = first + count;
  let next = first;
  const work = async () => {
    while (next < end) {
      let seed = next;
      const batchEnd = Math.min(seed + batchSeeds, end);
      next = batchEnd;
      while (seed < batchEnd) seed = await runWatched({ first: seed, count: batchEnd - seed }, ended);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  const perSecond = (1_000 * count) / (performance.now() - beganMs);
  console.log(`hash of all worlds: ${createHash("sha256").update(hashes.join()).digest("hex")}`);
  console.log(`${count} seeds from ${first}, ${perSecond.toFixed(1)} a second: ${broken} break a rule`);
  return broken > 0 ? 1 : 0;
}

type Ended = (seed: number, hash: string, broken: string | undefined) => void;

/** @returns the seed to continue with */
function runWatched({ first, count }: SeedRange, ended: Ended): Promise<number> {
  return new Promise((resolve) => {
    const child = fork(fileURLToPath(import.meta.url), ["--batch", "--from", `${first}`, "--count", `${count}`], {
      execArgv: ["--enable-source-maps"],
    });
    let running = first;
    let isHanging = false;
    const kill = () => {
      isHanging = true;
      child.kill("SIGKILL");
    };
    let watchdog = setTimeout(kill, HANGS_AFTER_MS);
    child.on("message", ({ seed, end }: SeedReport) => {
      clearTimeout(watchdog);
      watchdog = setTimeout(kill, HANGS_AFTER_MS);
      running = end ? seed + 1 : seed;
      if (end) ended(seed, end.hash, end.broken);
    });
    child.on("exit", () => {
      clearTimeout(watchdog);
      const isDone = running >= first + count;
      if (!isDone) ended(running, "", isHanging ? "it hangs" : "its process exits");
      resolve(isDone ? running : running + 1);
    });
  });
}
