import { join } from "node:path";
import { describe, it } from "vitest";
import { root, run } from "./support/program.js";

describe("the benchmarks", () => {
  it("notice a wrong echo, and read the CPU time of a server that is too busy to answer", async () => {
    await run("--test", [], join(root, "benchmarks"));
  });

  it("say in docs/performance.md, the pages of its tables and the charts what benchmarks/kept holds", async () => {
    await run("benchmarks/pages.mjs", ["--check"]);
  });
});
