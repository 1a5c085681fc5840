import { abortCases } from "./cases/abort.js";
import { backpressureCases } from "./cases/backpressure.js";
import { batchingCases } from "./cases/batching.js";
import { channelMapCases } from "./cases/channel-map.js";
import { closeCases } from "./cases/close.js";
import { closingCases } from "./cases/closing.js";
import { connectionLimitCases } from "./cases/connection-limits.js";
import { dialCases } from "./cases/dial.js";
import { duplicateCases } from "./cases/duplicate.js";
import { frameCases } from "./cases/frames.js";
import { heartbeatCases } from "./cases/heartbeat.js";
import { hookCases } from "./cases/hooks.js";
import { inboxCases } from "./cases/inbox.js";
import { leakCases } from "./cases/leaks.js";
import { limitCases } from "./cases/limits.js";
import { loginCases } from "./cases/login.js";
import { orderCases } from "./cases/order.js";
import { overflowCases } from "./cases/overflow.js";
import { ownershipCases } from "./cases/ownership.js";
import { queuedTotalCases } from "./cases/queued-total.js";
import { readingCases } from "./cases/reading.js";
import { receivedTotalCases } from "./cases/received-total.js";
import { refusalCases } from "./cases/refusal.js";
import { robustnessCases } from "./cases/robustness.js";
import { serverCases } from "./cases/server.js";
import { shutdownCases } from "./cases/shutdown.js";
import { shutdownRaceCases } from "./cases/shutdown-races.js";
import { shutdownStageCases } from "./cases/shutdown-stages.js";
import { stallCases } from "./cases/stalls.js";
import { startCases } from "./cases/start.js";
import { isFor } from "./compliance-case.js";
import { within } from "./deadline.js";
import { Harness } from "./harness.js";
import type { TransportSubject } from "./subject.js";

const cases = {
  ...dialCases,
  ...loginCases,
  ...refusalCases,
  ...duplicateCases,
  ...frameCases,
  ...ownershipCases,
  ...limitCases,
  ...orderCases,
  ...batchingCases,
  ...backpressureCases,
  ...overflowCases,
  ...queuedTotalCases,
  ...inboxCases,
  ...receivedTotalCases,
  ...heartbeatCases,
  ...stallCases,
  ...readingCases,
  ...abortCases,
  ...closeCases,
  ...closingCases,
  ...startCases,
  ...serverCases,
  ...connectionLimitCases,
  ...hookCases,
  ...channelMapCases,
  ...robustnessCases,
  ...shutdownCases,
  ...shutdownRaceCases,
  ...shutdownStageCases,
  ...leakCases,
};

/** Names one case, such as `close/exactly-once`. */
export type CaseId = keyof typeof cases;

export const caseIds = Object.keys(cases) as readonly CaseId[];

/** What the suite uses of a test runner; vitest, node:test and mocha have it. */
export interface TestRunner {
  describe(title: string, define: () => void): unknown;
  it(title: string, test: () => Promise<void>): unknown;
}

export interface RunOptions {
  /** How long each thing that must happen may take, in milliseconds. @default 8000 */
  readonly deadlineMs?: number;
}

/** Defines one test for each case that the transport can be asked to pass. */
export function describeTransport({ describe, it }: TestRunner, subject: TransportSubject): void {
  describe(`transport compliance: ${subject.name}`, () => {
    for (const id of caseIds) {
      if (isFor(cases[id], subject)) it(`${id}: ${cases[id].rule}`, () => runCase(subject, id));
    }
  });
}

/** Runs one case. Rejects, with what broke, if the transport does not pass it. */
export async function runCase(subject: TransportSubject, id: CaseId, { deadlineMs = 8_000 }: RunOptions = {}) {
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
