import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { brokenPromises, documents, isForWorkspace, programsOf, promisedOutput } from "./support/code-blocks.js";
import { errorsOf } from "./support/compile.js";
import { root, run } from "./support/program.js";

const programs = documents.flatMap(programsOf).filter(isForWorkspace);

describe.concurrent("with the compliance suite, in the workspace", () => {
  const folder = mkdtempSync(join(root, "tests", ".snippets-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  let errors: string[];

  beforeAll(async () => {
    errors = await errorsOf(folder, programs, ["--customConditions", "@im/source", "--lib", "es2023"]);
  });

  it.each(programs)("the program in $document, line $line, compiles in strict TypeScript", () => {
    expect(errors).toEqual([]);
  });

  it.each(programs)("the program in $document, line $line, runs", async (program) => {
    const outfile = join(folder, `${program.file}.mjs`);
    await build({
      stdin: { contents: program.code, loader: "ts", resolveDir: folder },
      outfile,
      bundle: true,
      platform: "node",
      format: "esm",
      conditions: ["@im/source"],
      external: ["ws", "@bufbuild/*"],
    });
    const output = await run(outfile, [], folder);
    expect(brokenPromises(promisedOutput(program), output.split("\n"))).toEqual([]);
  });
});
