import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { transform } from "esbuild";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { hasRedisServer, RedisServer } from "../packages/cluster-redis/test/support/redis-servers.js";
import {
  brokenPromises,
  codeBlocksOf,
  type DocumentedProgram,
  documents,
  isForTestRunner,
  logComments,
  needsRedis,
  pictures,
  programsOf,
  promisedOutput,
} from "./support/code-blocks.js";
import { errorsOf } from "./support/compile.js";
import { LocalRegistry, publicPackages } from "./support/local-registry.js";
import { root } from "./support/program.js";
import { Project } from "./support/project.js";

const blocks = documents.flatMap(codeBlocksOf);
const programs = documents.flatMap(programsOf);

/** The packages in the install lines of a document. */
function installLinesOf(document: string): string[] {
  const lines = readFileSync(join(root, document), "utf8").matchAll(/^npm install (.*)$/gm);
  return [...lines].flatMap(([, packages]) => packages!.split(" "));
}

/** Runs a program in a project and expects it to print the lines that it promises, and no others but a test runner's report. */
async function expectToRun(program: DocumentedProgram, project: Project, test: TestContext): Promise<void> {
  if (needsRedis(program)) {
    if (!hasRedisServer) return test.skip();
    const server = await RedisServer.start();
    test.onTestFinished(() => server.remove());
    process.env.REDIS_URL = server.url;
  }
  const { code } = await transform(program.code, { loader: "ts", format: "esm" });
  const output = await project.run(project.write(program.file.replace(/mts$/, "mjs"), code));
  const lines = output === "" ? [] : output.split("\n");
  const promises = promisedOutput(program);
  expect(brokenPromises(promises, lines), output).toEqual([]);
  if (!isForTestRunner(program)) expect(lines).toHaveLength(promises.flat().length);
}

it.each(programs)("each console.log of the program in $document, line $line, has its output beside it", (program) => {
  for (const comment of logComments(program)) expect(comment ?? "").toMatch(/^(?!not printed).|^not printed: ./);
});

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
    await project.install("npm", [...names, "redis", "ws", "@types/ws", "socket.io", "@types/node"]);
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
  it.for(withoutInstallLines.filter((program) => !isForTestRunner(program)))(
    "the program in $document, line $line, runs",
    (program, test) => expectToRun(program, project, test),
  );

  // Suites wait more than they compute.
  it.concurrent.for(withoutInstallLines.filter(isForTestRunner))(
    "the tests in $document, line $line, run",
    (program, test) => expectToRun(program, project, test),
  );
});

const withPrograms = documents.filter((each) => programs.some(({ document }) => document === each));
const withInstallLines = withPrograms.filter((document) => installLinesOf(document).length > 0);
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
  it.for(own)("the program in line $line runs", (program, test) => expectToRun(program, project, test));
});

it("every package README shows a program", () => {
  const shown = new Set(programs.map(({ document }) => document));
  expect(documents.filter((document) => /^packages\/.*README\.md$/.test(document) && !shown.has(document))).toEqual([]);
});

it("every script of pnpm that a document names exists", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const shell = blocks.filter(({ language }) => language === "sh").map(({ code }) => code);
  const named = shell.flatMap((code) => [...code.matchAll(/\bpnpm(?:@\S+)? ([\w:]+)/g)].map(([, name]) => name!));
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});
