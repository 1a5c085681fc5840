export type { DirectoryFixture } from "./directory-fixture.js";
export { expectCode, expectSame, soon } from "./expectations.js";
export { describeIdempotencyStore } from "./idempotency-store-suite.js";
export { describePushBus } from "./push-bus-suite.js";
export { describeServiceRegistry } from "./service-registry-suite.js";
export { describeSessionDirectory } from "./session-directory-suite.js";
export { strangeTexts } from "./strange-texts.js";
export { type Case, type CreateFixture, describeCases, type Fixture, type TestRunner } from "./test-runner.js";
