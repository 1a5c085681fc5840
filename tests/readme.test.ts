import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { transform } from "esbuild";
import { afterAll, describe, expect, it } from "vitest";
import { root, run } from "./support/program.js";

const documents = [
  "README.md",
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
  ...readdirSync(join(root, "packages")).map((name) => `packages/${name}/README.md`),
];

/** The programs of a document: its blocks of code, as a reader would copy them. */
function snippetsOf(document: string, language: "js" | "ts" = "js"): { line: number; code: string }[] {
  const text = readFileSync(join(root, document), "utf8");
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))].map((match) => ({
    line: text.slice(0, match.index).split("\n").length,
    code: match[1]!,
  }));
}

// Inside the workspace, so that `@im/…` means the built packages.
const folder = mkdtempSync(join(root, "tests", ".snippets-"));
afterAll(() => rmSync(folder, { recursive: true }));

const readmes = documents.filter((document) => document.endsWith("README.md") && !document.includes("compliance"));
it.each(readmes)("%s shows a program", (readme) => expect(snippetsOf(readme)).not.toEqual([]));

const programs = documents.flatMap((document) => snippetsOf(document).map((snippet) => ({ document, ...snippet })));
it.each(programs)("the program in $document, line $line, runs to its end", async ({ document, line, code }) => {
  const file = join(folder, `${document.replaceAll("/", "-")}-${line}.mjs`);
  writeFileSync(file, code);
  await run(file);
});

describe("the chat on the first screen of README.md", () => {
  const [chat] = snippetsOf("README.md", "ts");
  const file = join(folder, "first-screen.mts");

  it("compiles in strict TypeScript", async () => {
    writeFileSync(file, chat!.code);
    const strict = ["--strict", "--exactOptionalPropertyTypes", "--noEmit", "--types", "node"];
    await run(join(root, "node_modules/typescript/bin/tsc"), [
      ...strict,
      "--module",
      "nodenext",
      "--target",
      "es2022",
      file,
    ]);
  });

  it("runs, and Bob reads what Alice wrote", async () => {
    const { code } = await transform(chat!.code, { loader: "ts", format: "esm" });
    const program = join(folder, "first-screen.mjs");
    writeFileSync(program, code);
    expect(await run(program)).toContain("alice: hello");
  });
});
