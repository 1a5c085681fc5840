import { describeChatStore, describeDurableChatStore } from "@im/chat/contract-suites";
import { describe, expect, it } from "vitest";
import { brokenRules } from "../../chat/test/support/broken-rules.js";
import { forgetKeys, giveIdsBeforeTheLock } from "./support/broken-schemas.js";
import { LateCommits } from "./support/late-commits.js";
import { hasPostgres } from "./support/postgres-server.js";
import { storeFixture, TestSchema } from "./support/schemas.js";

describe.runIf(hasPostgres)("the suite of the port, for a store on Postgres that", () => {
  it.concurrent.each([
    ["gives ids before it has the lock", giveIdsBeforeTheLock, "a cursor skips nothing while others write"],
    ["keeps no idempotency keys", forgetKeys, "stores a repetition once"],
  ])(
    "%s, fails by name",
    async (_, breakSchema, rule) => {
      const create = async () => {
        const fixture = await storeFixture({ writers: 2 });
        await breakSchema(fixture.schema);
        return fixture;
      };
      const rules = await brokenRules((runner) => describeChatStore(runner, "broken", create), rule);
      expect(rules).toContainEqual(expect.stringContaining(rule));
    },
    120_000,
  );

  it.concurrent("acknowledges before it has committed, fails by name", async () => {
    const rule = "what add has resolved for survives a crash";
    const create = async () => {
      const schema = await TestSchema.create();
      const pool = new LateCommits(schema.pool());
      const close = async () => {
        await pool.commit();
        await schema.remove();
      };
      return { port: await schema.open({}, pool), elapse() {}, crash: () => schema.open(), close };
    };
    const rules = await brokenRules((runner) => describeDurableChatStore(runner, "broken", create), rule);
    expect(rules).toContainEqual(expect.stringContaining(rule));
  }, 120_000);
});
