import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build, transform } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  codeBlocksOf,
  type DocumentedProgram,
  documents,
  pictures,
  programsOf,
  promisedOutput,
} from "./support/code-blocks.js";
import { LocalRegistry, publicPackages } from "./support/local-registry.js";
import { root, run } from "./support/program.js";
import { Project } from "./support/project.js";

const blocks = documents.flatMap(codeBlocksOf);
const allPrograms = documents.flatMap(programsOf);

// The compliance suite is not published: its programs run on the sources, in a folder of the workspace.
const isForWorkspace = ({ code }: DocumentedProgram) => code.includes('"@im/transport-compliance');
const programs = allPrograms.filter((program) => !isForWorkspace(program));
const workspacePrograms = allPrograms.filter(isForWorkspace);

/** The packages in the install lines of a document. */
function installLinesOf(document: string): string[] {
  const lines = readFileSync(join(root, document), "utf8").matchAll(/^npm install (.*)$/gm);
  return [...lines].flatMap(([, packages]) => packages!.split(" "));
}

const strict = ["--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", "--erasableSyntaxOnly"];
const node = ["--module", "nodenext", "--target", "es2022", "--types", "node"];
const options = [...strict, ...node, "--allowJs", "--checkJs", "--noEmit"];

/** What the compiler says of the programs, which it finds in the folder. */
async function errorsOf(folder: string, programs: readonly DocumentedProgram[], more: string[]): Promise<string[]> {
  const files = programs.map(({ file, code }) => {
    writeFileSync(join(folder, file), code);
    return file;
  });
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  return run(tsc, [...options, ...more, ...files], folder).then(
    () => [],
    ({ message }: Error) => message.split("\n").slice(1),
  );
}

/** Runs a program in a project and expects it to print what it promises. */
async function expectToRun(program: DocumentedProgram, project: Project): Promise<void> {
  const { code } = await transform(program.code, { loader: "ts", format: "esm" });
  const output = await project.run(project.write(program.file.replace(/mts$/, "mjs"), code));
  for (const promise of promisedOutput(program)) expect(output).toMatch(promise);
}

let registry: LocalRegistry;
beforeAll(async () => {
  registry = await LocalRegistry.start();
});
afterAll(() => registry.close());

describe("every code block", () => {
  it.each(blocks)("in $document, line $line, is run, or says why not", ({ language, mark }) => {
    const isProgram = language === "js" || language === "ts";
    if (!isProgram) expect(pictures).toContain(language);
    if (mark !== undefined) expect(mark).toMatch(/^continues$|^not run: ./);
  });
});

describe("in a project with all packages", () => {
  let project: Project;
  let errors: string[];

  beforeAll(async () => {
    project = new Project(registry.url);
    const names = publicPackages.map((folder) => `@im/${basename(folder)}`);
    await project.install("npm", [...names, "@types/node"]);
    await project.writeCertificate();
    errors = await errorsOf(project.folder, programs, ["--skipLibCheck", "false", "--lib", "es2022"]);
  });
  afterAll(() => project.remove());

  it.each(programs)("the program in $document, line $line, compiles in strict TypeScript", ({ file }) => {
    expect(errors.filter((error) => error.startsWith(file))).toEqual([]);
  });

  it("the compiler finds no other error", () => {
    const files = programs.map(({ file }) => file);
    expect(errors.filter((error) => !files.some((file) => error.startsWith(file)))).toEqual([]);
  });

  const withoutInstallLines = programs.filter(({ document }) => installLinesOf(document).length === 0);
  it.each(withoutInstallLines)("the program in $document, line $line, runs", (program) =>
    expectToRun(program, project),
  );
});

const withInstallLines = documents.filter((document) => installLinesOf(document).length > 0);
const managers = ["npm", "pnpm"] as const;
const installations = withInstallLines.flatMap((document) => managers.map((manager) => ({ document, manager })));

describe.each(installations)("after the install lines of $document, by $manager", ({ document, manager }) => {
  let project: Project;

  beforeAll(async () => {
    project = new Project(registry.url);
    await project.install(manager, installLinesOf(document));
    await project.writeCertificate();
  });
  afterAll(() => project.remove());

  const own = programs.filter((program) => program.document === document);
  it.each(own)("the program in line $line runs", (program) => expectToRun(program, project));
});

describe.concurrent("in the workspace", () => {
  const folder = mkdtempSync(join(root, "tests", ".snippets-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  let errors: string[];

  beforeAll(async () => {
    errors = await errorsOf(folder, workspacePrograms, ["--customConditions", "@im/source", "--lib", "es2023"]);
  });

  it.each(workspacePrograms)("the program in $document, line $line, compiles in strict TypeScript", () => {
    expect(errors).toEqual([]);
  });

  it.each(workspacePrograms)("the program in $document, line $line, runs", async (program) => {
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
    for (const promise of promisedOutput(program)) expect(output).toMatch(promise);
  });
});

it("every package README shows a program", () => {
  const shown = new Set(allPrograms.map(({ document }) => document));
  expect(documents.filter((document) => /^packages\/.*README\.md$/.test(document) && !shown.has(document))).toEqual([]);
});

it("every script of pnpm that a document names exists", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const shell = blocks.filter(({ language }) => language === "sh").map(({ code }) => code);
  const named = shell.flatMap((code) => [...code.matchAll(/\bpnpm(?:@\S+)? ([\w:]+)/g)].map(([, name]) => name!));
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});
