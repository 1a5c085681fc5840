import { allCases } from "./all-cases.js";
import { type CaseId, caseIds } from "./case-ids.js";
import { type ComplianceCase, whyLeftOut } from "./compliance-case.js";
import { within } from "./deadline.js";
import { Harness } from "./harness.js";
import type { TransportSubject } from "./subject.js";

const cases: Readonly<Record<CaseId, ComplianceCase>> = allCases;

/** What the suite uses of a test runner; vitest, node:test, jest and mocha have it. */
export interface TestRunner {
  describe(title: string, define: () => void): unknown;
  readonly it: TestFunction;
}

/** Defines a test. */
export interface TestFunction {
  (title: string, test: () => Promise<void>): unknown;
  /** Defines a test that does not run. Without it the runner's report does not show what is left out. */
  skip?(title: string, test: () => Promise<void>): unknown;
}

/** A case that a transport cannot be asked to pass. */
export interface LeftOutCase {
  readonly id: CaseId;
  /** Which capability the transport lacks. */
  readonly reason: string;
}

export interface RunOptions {
  /** How long each thing that must happen may take, in milliseconds. @default 8000 */
  readonly deadlineMs?: number;
}

/** The cases that the suite leaves out for this transport, each with the capability that it lacks. */
export function leftOutCases(subject: TransportSubject): readonly LeftOutCase[] {
  return caseIds.flatMap((id) => {
    const reason = whyLeftOut(cases[id], subject);
    return reason === undefined ? [] : [{ id, reason }];
  });
}

/**
 * Defines one test for each case. The tests of cases that the transport cannot be asked to pass are skipped, with the reason in the
 * title.
 */
export function describeTransport({ describe, it }: TestRunner, subject: TransportSubject): void {
  describe(`transport compliance: ${subject.name}`, () => {
    for (const id of caseIds) {
      const reason = whyLeftOut(cases[id], subject);
      const test = () => runCase(subject, id);
      if (reason === undefined) it(`${id}: ${cases[id].rule}`, test);
      else it.skip?.(`${id}: left out, because ${reason}`, test);
    }
  });
}

/** Runs one case. Rejects, with what broke, if the transport does not pass it, or lacks what it needs. */
export async function runCase(subject: TransportSubject, id: CaseId, { deadlineMs = 8_000 }: RunOptions = {}) {
  const reason = whyLeftOut(cases[id], subject);
  if (reason !== undefined) throw new Error(`${subject.name} cannot be asked to pass ${id}, because ${reason}`);
  const harness = new Harness(subject, deadlineMs);
  try {
    await within(2 * deadlineMs, cases[id].run(harness), `the end of ${id}`);
  } catch (error) {
    // What goes wrong afterwards is a consequence, and would hide what broke.
    await harness.cleanUp().catch(() => {});
    throw error;
  }
  await harness.cleanUp();
}
