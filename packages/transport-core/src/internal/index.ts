// What the packages of this family share and users never see. It follows no semver: they depend on each other by exact
// version.

export { closeText } from "../conn/close-text.js";
export { type DialOutcome, dialWithin } from "../conn/dial-within.js";
export { atEndOfTurn } from "../conn/end-of-turn.js";
export { afterReading } from "./after-reading.js";
export {
  checkCount,
  checkHasMethods,
  checkLimit,
  checkNumber,
  checkOptionsAs,
  checkRate,
  checkWait,
  invalidOption,
  rejectUnknownOptions,
} from "./check-options.js";
export { CodedError, nameError } from "./coded-error.js";
export { guardHooks } from "./guard-hooks.js";
export { guardReporter } from "./guard-reporter.js";
export { isBytes } from "./is-bytes.js";
export { MAX_TIMER_MS, startTimer } from "./long-timer.js";
export type { Optional } from "./optional.js";
export { PatientTimer } from "./patient-timer.js";
export { randomId } from "./random-id.js";
export { ifRejected, isThenable } from "./thenable.js";
