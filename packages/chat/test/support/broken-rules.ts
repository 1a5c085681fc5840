import type { TestRunner } from "@im/gateway/contract-suites";

/** The rules of a suite that a port breaks. */
export async function brokenRules(describePort: (runner: TestRunner) => void): Promise<readonly string[]> {
  const tests: [string, () => Promise<void>][] = [];
  describePort({ describe: (_, define) => define(), it: (rule, test) => tests.push([rule, test]) });
  const rules: string[] = [];
  for (const [rule, test] of tests) await test().catch(() => rules.push(rule));
  return rules;
}
