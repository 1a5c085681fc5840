import type { TestRunner } from "@im/gateway/contract-suites";

/** The rules of a suite that a port breaks, of those that begin with a text. */
export async function brokenRules(
  describePort: (runner: TestRunner) => void,
  beginning = "",
): Promise<readonly string[]> {
  const tests: [string, () => Promise<void>][] = [];
  describePort({ describe: (_, define) => define(), it: (rule, test) => tests.push([rule, test]) });
  const rules: string[] = [];
  for (const [rule, test] of tests.filter(([rule]) => rule.startsWith(beginning)))
    await test().catch(() => rules.push(rule));
  return rules;
}
