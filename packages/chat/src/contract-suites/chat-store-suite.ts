import { type CreateFixture, describeCases, type Fixture, type TestRunner } from "@im/gateway/contract-suites";
import type { ChatStore } from "../ports/chat-store.js";
import { crashCases } from "./durability-suite.js";
import { groupCases } from "./groups-suite.js";
import { messageLogCases } from "./message-log-suite.js";
import { positionCases } from "./positions-suite.js";

/** A store under test with nothing in it, and a clock that `elapse` moves, also back. */
export interface ChatStoreFixture extends Fixture<ChatStore> {
  /**
   * Opens what was durable at the moment of the call, as a process finds it that starts after this one was killed. The
   * fixture closes what it opens. Without it the suite has no rules of durability.
   */
  crash?(): Promise<ChatStore>;
}

/** Defines one test for each rule of `ChatStore`. */
export function describeChatStore(
  runner: TestRunner,
  name: string,
  create: () => ChatStoreFixture | Promise<ChatStoreFixture>,
): void {
  const cases = { ...messageLogCases, ...groupCases, ...positionCases };
  describeCases(runner, `ChatStore: ${name}`, cases, create as CreateFixture<ChatStore>);
}

/** Defines one test for each rule of a store that outlives its process. */
export function describeDurableChatStore(
  { describe, it }: TestRunner,
  name: string,
  create: () => Promise<ChatStoreFixture & Required<Pick<ChatStoreFixture, "crash">>>,
): void {
  describe(`durable ChatStore: ${name}`, () => {
    for (const [rule, run] of Object.entries(crashCases)) {
      it(rule, async () => {
        const fixture = await create();
        try {
          await run(fixture.port, () => fixture.crash());
        } finally {
          await fixture.close?.();
        }
      });
    }
  });
}
