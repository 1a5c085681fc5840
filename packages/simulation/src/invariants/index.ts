import { accounting } from "./accounting.js";
import { attemptsAreApart } from "./attempts-are-apart.js";
import { calmIsWell } from "./calm-is-well.js";
import { claimsEnd } from "./claims-end.js";
import { directorySteps } from "./directory-steps.js";
import { directoryTruth } from "./directory-truth.js";
import { fullQueuesGoOn } from "./full-queues-go-on.js";
import { inboxBounds } from "./inbox-bounds.js";
import type { Invariant } from "./invariant.js";
import { kickedAreClosed } from "./kicked-are-closed.js";
import { leasesFence } from "./leases-fence.js";
import { liveness } from "./liveness.js";
import { memoryBounds } from "./memory-bounds.js";
import { missedAreTold } from "./missed-are-told.js";
import { noInternalErrors } from "./no-internal-errors.js";
import { nothingLeft } from "./nothing-left.js";
import { online } from "./online.js";
import { presenceTruth } from "./presence-truth.js";
import { pushOrder } from "./push-order.js";
import { pushesArrive } from "./pushes-arrive.js";
import { requestEffects } from "./request-effects.js";
import { requestsSettle } from "./requests-settle.js";
import { serversArePatient } from "./servers-are-patient.js";
import { silenceEndsSessions } from "./silence-ends-sessions.js";

/** All rules. A new one stands here. */
export const invariants: readonly Invariant[] = [
  requestsSettle,
  requestEffects,
  pushOrder,
  online,
  directoryTruth,
  accounting,
  claimsEnd,
  directorySteps,
  pushesArrive,
  memoryBounds,
  inboxBounds,
  noInternalErrors,
  calmIsWell,
  liveness,
  presenceTruth,
  nothingLeft,
  serversArePatient,
  missedAreTold,
  leasesFence,
  kickedAreClosed,
  attemptsAreApart,
  fullQueuesGoOn,
  silenceEndsSessions,
];
