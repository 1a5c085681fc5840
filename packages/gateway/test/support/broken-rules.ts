import { vi } from "vitest";
import type { TestRunner } from "../../src/contract-suites/index.js";

/** The rules of a contract suite that a port breaks. What a broken port never does is waited for in fake time. */
export async function brokenRules(describePort: (runner: TestRunner) => void): Promise<readonly string[]> {
  const tests: [string, () => Promise<void>][] = [];
  describePort({ describe: (_, define) => define(), it: (rule, test) => tests.push([rule, test]) });
  const rules: string[] = [];
  vi.useFakeTimers();
  try {
    for (const [rule, test] of tests) {
      let isRunning = true;
      const run = test()
        .catch(() => rules.push(rule))
        .finally(() => {
          isRunning = false;
        });
      while (isRunning) await vi.advanceTimersByTimeAsync(1_000);
      await run;
    }
  } finally {
    vi.useRealTimers();
  }
  return rules;
}
