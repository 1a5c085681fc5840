import { readFile, writeFile } from "node:fs/promises";
import type { WorldOptions } from "../world/world-options.js";
import type { Step } from "./plan.js";
import type { SeedResult } from "./run-seed.js";

/** A world with its options and steps as they were: it stays the same when seeds draw other ones. */
export interface StoredPlan {
  /** The mutant that breaks the rule; none for a fault of the product itself, which has been mended. */
  readonly mutant?: string | undefined;
  readonly breaks: string;
  /** Of what is drawn besides options and steps, such as delays. */
  readonly seed: number;
  readonly options: WorldOptions;
  readonly steps: readonly Step[];
}

/** JSON has no name for it. */
const INFINITY = "Infinity";

export async function readPlan(file: string | URL): Promise<StoredPlan> {
  const text = await readFile(file, "utf8");
  return JSON.parse(text, (_key, value: unknown) => (value === INFINITY ? Number.POSITIVE_INFINITY : value));
}

/** Stores what a seed that failed was made of. */
export async function storePlan(file: string, failed: SeedResult, mutant?: string): Promise<void> {
  const { seed, options, plan: steps, violation } = failed;
  const stored: StoredPlan = { mutant, breaks: violation?.rule ?? "", seed, options, steps };
  const writable = (_key: string, value: unknown) => (value === Number.POSITIVE_INFINITY ? INFINITY : value);
  await writeFile(file, `${JSON.stringify(stored, writable, 2)}\n`);
}
