import { abandonedAttempts } from "./abandoned-attempts.js";
import { accounting } from "./accounting.js";
import { calmWorld } from "./calm-world.js";
import { chatKeepsMessages } from "./chat-keeps-messages.js";
import { claimsEnd } from "./claims-end.js";
import { directorySteps } from "./directory-steps.js";
import { directoryTruth } from "./directory-truth.js";
import { fullQueuesDrain } from "./full-queues-drain.js";
import { inboxBounds } from "./inbox-bounds.js";
import type { Invariant } from "./invariant.js";
import { kickedSessionsClose } from "./kicked-sessions-close.js";
import { laterSignInWins } from "./later-sign-in-wins.js";
import { liveness } from "./liveness.js";
import { lostPushesReported } from "./lost-pushes-reported.js";
import { memoryBounds } from "./memory-bounds.js";
import { noInternalErrors } from "./no-internal-errors.js";
import { nothingLeft } from "./nothing-left.js";
import { online } from "./online.js";
import { patientServers } from "./patient-servers.js";
import { presenceTruth } from "./presence-truth.js";
import { pushOrder } from "./push-order.js";
import { pushesArrive } from "./pushes-arrive.js";
import { requestEffects } from "./request-effects.js";
import { requestsSettle } from "./requests-settle.js";
import { signInsNeedALease } from "./sign-ins-need-a-lease.js";
import { silenceEndsSessions } from "./silence-ends-sessions.js";
import { watchersKnow } from "./watchers-know.js";

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
  calmWorld,
  liveness,
  presenceTruth,
  nothingLeft,
  patientServers,
  lostPushesReported,
  signInsNeedALease,
  laterSignInWins,
  kickedSessionsClose,
  abandonedAttempts,
  fullQueuesDrain,
  silenceEndsSessions,
  chatKeepsMessages,
  watchersKnow,
];
