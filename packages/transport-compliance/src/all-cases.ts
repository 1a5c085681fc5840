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
import type { ComplianceCases } from "./compliance-case.js";

/** All cases, by id. */
export const allCases = {
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
} satisfies ComplianceCases;
