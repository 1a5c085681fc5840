export type { Capabilities, TransportSubject } from "./subject.js";
export { type CaseId, caseIds, describeTransport, type RunOptions, runCase, type TestRunner } from "./suite.js";
