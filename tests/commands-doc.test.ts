import { it } from "vitest";
import { run } from "./support/program.js";

it("docs/commands.md says what the command map and proto/ say", async () => {
  await run("scripts/commands-doc.mjs", ["--check"]);
});
