import { describe, expect, it, onTestFinished } from "vitest";
import { hasPostgres } from "./support/postgres-server.js";
import { TestSchema } from "./support/schemas.js";

/** What Postgres explains of each statement that it runs, also within functions. */
const explaining = [
  "session_preload_libraries=auto_explain",
  "auto_explain.log_min_duration=0",
  "auto_explain.log_analyze=on",
  "auto_explain.log_nested_statements=on",
  "client_min_messages=log",
];

describe.runIf(hasPostgres)("a hundred messages to a group of 2,000", () => {
  it("are stored by plans that are not compiled, and that read no member but the sender", async () => {
    const schema = await TestSchema.create();
    onTestFinished(() => schema.remove());
    const pool = schema.pool({ max: 1, options: explaining.map((setting) => `-c ${setting}`).join(" ") });
    let plans: string[] = [];
    pool.on("connect", (client) => client.on("notice", ({ message }) => plans.push(message ?? "")));
    const store = await schema.open({}, pool);
    const add = (to: { readonly account: string } | { readonly group: string }) =>
      store.add({ sender: "alice", to, type: 1, body: "hello", extra: "" });
    // Plans are made and kept from here on, when there are no members.
    for (let n = 0; n < 10; n++) await Promise.all(Array.from({ length: 100 }, () => add({ account: "bob" })));
    const members = Array.from({ length: 2_000 }, (_, n) => `member ${n}`);
    const group = await store.createGroup({ name: "g", avatar: "", introduction: "", owner: "alice" }, members);
    await add({ group });
    plans = [];
    await Promise.all(Array.from({ length: 100 }, () => add({ group })));
    const all = plans.join("\n");
    expect(all).toContain("memberships_now");
    expect(all).not.toContain("JIT:");
    expect(all.match(/^.*memberships.* rows=\d{3,} loops=.*$/gm)).toBeNull();
  }, 60_000);
});
