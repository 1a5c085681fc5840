export { type CaseId, caseIds } from "./case-ids.js";
export type { Capabilities, TransportSubject } from "./subject.js";
export {
  describeTransport,
  type LeftOutCase,
  leftOutCases,
  type RunOptions,
  runCase,
  type TestFunction,
  type TestRunner,
} from "./suite.js";
