import { it } from "vitest";
import { run } from "./support/program.js";

it("docs/limits.md lists every option that is a limit, with its default and what happens beyond it", async () => {
  await run("scripts/limits-doc.mjs", ["--check"]);
});
