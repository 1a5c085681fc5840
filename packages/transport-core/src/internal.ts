// What the packages of this family share and users never see. It follows no semver: they depend on each other by exact
// version.

export { CodedError, nameError } from "./coded-error.js";
export { closeText } from "./conn/close-text.js";
export { isClosedError } from "./conn/conn-errors.js";
export { invalidAddress, reasonOf, shownAddress } from "./conn/dial-errors.js";
export { dialWithin } from "./conn/dial-within.js";
export { atEndOfTurn } from "./conn/end-of-turn.js";
export { FrameInbox } from "./conn/frame-inbox.js";
export { FrameReader } from "./conn/frame-reader.js";
export { answerHeartbeat, readMessage } from "./conn/heartbeats.js";
export { LOGIN_WAIT_MS } from "./defaults.js";
export { afterReading } from "./internal/after-reading.js";
export {
  checkCount,
  checkFlag,
  checkHasMethods,
  checkLimit,
  checkNumber,
  checkOptionsAs,
  checkRate,
  checkWait,
  invalidOption,
  rejectUnknownOptions,
} from "./internal/check-options.js";
export { EMPTY_BYTES } from "./internal/empty-bytes.js";
export { guardHooks } from "./internal/guard-hooks.js";
export { guardReporter } from "./internal/guard-reporter.js";
export { isBytes } from "./internal/is-bytes.js";
export { MAX_TIMER_MS, startTimer } from "./internal/long-timer.js";
export type { Optional } from "./internal/optional.js";
export { PatientTimer } from "./internal/patient-timer.js";
export { randomId } from "./internal/random-id.js";
export { ifRejected, isThenable } from "./internal/thenable.js";
export { connOptionNames } from "./options.js";
export { serverOptionNames } from "./server/server-options.js";
