import { describeChatStore, describeDurableChatStore } from "@im/chat/contract-suites";
import { describe, it } from "vitest";
import { hasPostgres } from "./support/postgres-server.js";
import { storeFixture } from "./support/schemas.js";

describe.runIf(hasPostgres)("with Postgres", () => {
  // Side by side: each has a schema of its own, and Postgres syncs their commits together.
  const runner = { describe, it: (title: string, test: () => Promise<void>) => it.concurrent(title, test, 180_000) };
  describeChatStore(runner, "on Postgres", () => storeFixture());
  describeDurableChatStore(runner, "on Postgres", () => storeFixture());
  describeChatStore(runner, "on Postgres, with two writers in turn", () => storeFixture({ writers: 2 }));
});
