export { describeIdempotencyStore } from "./idempotency-store-suite.js";
export { describePushBus } from "./push-bus-suite.js";
export { describeSessionDirectory } from "./session-directory-suite.js";
export { strangeTexts } from "./strange-texts.js";
export type { CreateFixture, Fixture, TestRunner } from "./test-runner.js";
