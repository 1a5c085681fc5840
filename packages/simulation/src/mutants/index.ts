import { aClientThatReturnsDisplacesOthers } from "./a-client-that-returns-displaces-others.js";
import { aDisplacedSessionStays } from "./a-displaced-session-stays.js";
import { aDisplacedSessionThatEmitsOffline } from "./a-displaced-session-that-emits-offline.js";
import { aFullQueueNeverDrains } from "./a-full-queue-never-drains.js";
import { aGatewayThatLeavesStaysOnTheBus } from "./a-gateway-that-leaves-stays-on-the-bus.js";
import { aKeyThatTheStoreForgets } from "./a-key-that-the-store-forgets.js";
import { aLeaseThatAStallProlongs } from "./a-lease-that-a-stall-prolongs.js";
import { aMessageVisibleBeforeItsCommit } from "./a-message-visible-before-its-commit.js";
import { aMessageVisibleLate } from "./a-message-visible-late.js";
import { aPingAnsweredBehindAHandler } from "./a-ping-answered-behind-a-handler.js";
import { aPlainRequestIsRepeated } from "./a-plain-request-is-repeated.js";
import { aQueueTotalThatIsNotChecked } from "./a-queue-total-that-is-not-checked.js";
import { aRepeatedRequestWithoutItsKey } from "./a-repeated-request-without-its-key.js";
import { aSignInWithoutAKnownLease } from "./a-sign-in-without-a-known-lease.js";
import { aSignOutThatFailsIsForgotten } from "./a-sign-out-that-fails-is-forgotten.js";
import { aStaleLinksEventsAccepted } from "./a-stale-links-events-accepted.js";
import { aStoreThatDoesNotSync } from "./a-store-that-does-not-sync.js";
import { aWatchOfThePageOutlivesTheClient } from "./a-watch-of-the-page-outlives-the-client.js";
import { aWatcherThatIsToldAgain } from "./a-watcher-that-is-told-again.js";
import { accountsOfADeadGatewayStayOnline } from "./accounts-of-a-dead-gateway-stay-online.js";
import { anAbortedAttemptSignsIn } from "./an-aborted-attempt-signs-in.js";
import { anAcknowledgementOfAllDevices } from "./an-acknowledgement-of-all-devices.js";
import { anAnswerThatIsNotRecorded } from "./an-answer-that-is-not-recorded.js";
import { anIdGivenTwice } from "./an-id-given-twice.js";
import { anInboxWithoutABound } from "./an-inbox-without-a-bound.js";
import { anOverflowThatIsNotCounted } from "./an-overflow-that-is-not-counted.js";
import { deadlinesJudgedBeforeBytesAfterAStall } from "./deadlines-judged-before-bytes-after-a-stall.js";
import { earlyPushesReversed } from "./early-pushes-reversed.js";
import { enteredAgainWithoutComparingTheEpoch } from "./entered-again-without-comparing-the-epoch.js";
import { idsThatARestartForgets } from "./ids-that-a-restart-forgets.js";
import { kickWithoutClose } from "./kick-without-close.js";
import { leaveWithoutCompare } from "./leave-without-compare.js";
import type { Mutant } from "./mutant.js";
import { noReleaseOfAClaim } from "./no-release-of-a-claim.js";
import { noSignOfLifeWhilePaused } from "./no-sign-of-life-while-paused.js";
import { noTakeBackAfterAFailedSignIn } from "./no-take-back-after-a-failed-sign-in.js";
import { partOfASplitPayloadIsLost } from "./part-of-a-split-payload-is-lost.js";
import { presenceCountsEveryDevice } from "./presence-counts-every-device.js";
import { pushesFromTheWrongEnd } from "./pushes-from-the-wrong-end.js";
import { readingDoesNotResume } from "./reading-does-not-resume.js";
import { requestTimersNotCleared } from "./request-timers-not-cleared.js";
import { responsesMatchedWithoutSequence } from "./responses-matched-without-sequence.js";
import { silenceIsNeverDeath } from "./silence-is-never-death.js";

/** All mutants. A new one stands here. */
export const mutants: readonly Mutant[] = [
  aFullQueueNeverDrains,
  aSignInWithoutAKnownLease,
  aStaleLinksEventsAccepted,
  anAbortedAttemptSignsIn,
  kickWithoutClose,
  aClientThatReturnsDisplacesOthers,
  aDisplacedSessionStays,
  aDisplacedSessionThatEmitsOffline,
  aGatewayThatLeavesStaysOnTheBus,
  aLeaseThatAStallProlongs,
  aPingAnsweredBehindAHandler,
  aPlainRequestIsRepeated,
  aQueueTotalThatIsNotChecked,
  aRepeatedRequestWithoutItsKey,
  aSignOutThatFailsIsForgotten,
  aWatchOfThePageOutlivesTheClient,
  anAnswerThatIsNotRecorded,
  anInboxWithoutABound,
  anOverflowThatIsNotCounted,
  deadlinesJudgedBeforeBytesAfterAStall,
  earlyPushesReversed,
  leaveWithoutCompare,
  enteredAgainWithoutComparingTheEpoch,
  noReleaseOfAClaim,
  noSignOfLifeWhilePaused,
  noTakeBackAfterAFailedSignIn,
  presenceCountsEveryDevice,
  pushesFromTheWrongEnd,
  readingDoesNotResume,
  requestTimersNotCleared,
  responsesMatchedWithoutSequence,
  silenceIsNeverDeath,
  partOfASplitPayloadIsLost,
  aMessageVisibleLate,
  anAcknowledgementOfAllDevices,
  aKeyThatTheStoreForgets,
  anIdGivenTwice,
  aStoreThatDoesNotSync,
  idsThatARestartForgets,
  aMessageVisibleBeforeItsCommit,
  aWatcherThatIsToldAgain,
  accountsOfADeadGatewayStayOnline,
];
