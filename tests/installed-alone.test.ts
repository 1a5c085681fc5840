import { readdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { transform } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LocalRegistry, publicPackages } from "./support/local-registry.js";
import { root, run } from "./support/program.js";
import { programOfEachPackage } from "./support/program-of-each-package.js";
import { Project } from "./support/project.js";

const isLong = process.env.LONG_TESTS !== undefined;
const names = publicPackages.map((folder) => `@im/${basename(folder)}`);

const packets = ["@bufbuild/protobuf", "@im/transport-core", "@im/wire"];
const level = ["abstract-level", "classic-level", "level-supports", "maybe-combine-errors", "module-error"];
const binaries = ["node-gyp-build", "napi-macros", "base64-js", "buffer", "ieee754", "is-buffer", "level-transcoder"];

/** What comes with each package. */
const comesWith: Readonly<Record<string, readonly string[]>> = {
  "@im/transport-core": [],
  "@im/transport-tcp": ["@im/transport-core"],
  "@im/transport-ws": ["@im/transport-core", "ws"],
  "@im/transport-compliance": ["@im/transport-core"],
  "@im/wire": ["@bufbuild/protobuf", "@im/transport-core"],
  "@im/client": packets,
  "@im/gateway": packets,
  "@im/chat": ["@im/gateway", ...packets],
  "@im/chat-level": ["@im/chat", "@im/gateway", ...packets, ...level, ...binaries],
  "@im/chat-postgres": ["@im/chat", "@im/gateway", ...packets],
  "@im/cluster-redis": ["@im/gateway", ...packets],
};

/** Each package that stands in a `node_modules`, with the bytes of its files. */
function treeOf(modules: string): Map<string, number> {
  const folders = readdirSync(modules)
    .filter((name) => !name.startsWith("."))
    .flatMap((name) =>
      name.startsWith("@") ? readdirSync(join(modules, name)).map((each) => `${name}/${each}`) : name,
    );
  return new Map(folders.sort().map((name) => [name, bytesIn(join(modules, name))]));
}

function bytesIn(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

const kilobytes = (bytes: number) => `${Math.round(bytes / 1024)} KB`;

/** What README.md says that a package installs. */
function documentedInstall(name: string): { packages: number; bytes: number } {
  const rows = readFileSync(join(root, "README.md"), "utf8").split("\n");
  const row = rows.find((line) => line.startsWith(`| [\`${name}\`]`))!;
  const [, packages, megabytes] = /(\d+) packages?, ([\d.]+) MB/.exec(row)!;
  return { packages: Number(packages), bytes: Number(megabytes) * 1024 ** 2 };
}

const require = createRequire(import.meta.url);

/** The program as a CommonJS module, which can have no `await` at its top. */
function asCommonJs(code: string): string {
  const imports = code.match(/^ *import .*$/gm)!.join("\n");
  return `${imports}\nvoid (async () => {${code.replace(/^ *import .*$/gm, "")}})();`;
}

/** Compiles a program strictly, declarations of packages too. */
function compile(compiler: string, project: Project, file: string, resolution: string): Promise<string> {
  const tsc = join(dirname(require.resolve(`${compiler}/package.json`)), "bin/tsc");
  const module = { bundler: "esnext", node10: "commonjs" }[resolution] ?? resolution;
  const types = ["--types", "node", "--typeRoots", join(root, "node_modules/@types")];
  const strict = ["--strict", "--noEmit", "--skipLibCheck", "false", "--target", "es2022", "--lib", "es2022"];
  return run(tsc, [...strict, ...types, "--module", module, "--moduleResolution", resolution, file], project.folder);
}

const compilers = isLong ? ["typescript", "typescript-6", "typescript-7"] : ["typescript-7"];
const resolutions = isLong ? ["node16", "nodenext", "bundler"] : ["nodenext"];
const compilations = compilers.flatMap((compiler) => resolutions.map((resolution) => ({ compiler, resolution })));
const commonJsCompilations = isLong
  ? [
      ...compilers.map((compiler) => ({ compiler, resolution: "node16" })),
      { compiler: "typescript", resolution: "node10" },
    ]
  : [];

/** In the long run each package by both; else pnpm, whose folders are strict, for those that depend on others most. */
const byPnpm = isLong ? names : ["@im/transport-tcp", "@im/chat-level"];
const installations = [
  ...names.map((name) => ({ name, manager: "npm" as const })),
  ...byPnpm.map((name) => ({ name, manager: "pnpm" as const })),
];

let registry: LocalRegistry;
beforeAll(async () => {
  registry = await LocalRegistry.start();
});
afterAll(() => registry.close());

it("every public package has a program and a list of what comes with it", () => {
  expect(Object.keys(programOfEachPackage).sort()).toEqual([...names].sort());
  expect(Object.keys(comesWith).sort()).toEqual([...names].sort());
});

describe.each(installations)("$name alone, by $manager", ({ name, manager }) => {
  const code = programOfEachPackage[name]!;
  let project: Project;
  beforeAll(async () => {
    project = new Project(registry.url);
    await project.install(manager, [name]);
  });
  afterAll(() => project.remove());

  const hasFlatTree = manager === "npm";
  if (hasFlatTree)
    it("comes with what it needs, and nothing else", () => {
      const tree = treeOf(join(project.folder, "node_modules"));
      const total = [...tree.values()].reduce((sum, bytes) => sum + bytes, 0);
      const list = [...tree].map(([each, bytes]) => `${each} ${kilobytes(bytes)}`).join(", ");
      console.log(`npm i ${name}: ${kilobytes(total)} (${list})`);
      expect([...tree.keys()]).toEqual([name, ...comesWith[name]!].sort());
      const documented = documentedInstall(name);
      expect(documented.packages).toBe(tree.size);
      expect(Math.abs(documented.bytes / total - 1), "how far README.md is off").toBeLessThan(0.1);
    });

  it("works in ESM", async () => {
    const { code: esm } = await transform(code, { loader: "ts", format: "esm" });
    expect(await project.run(project.write("main.mjs", esm))).toBe("works");
  });

  it("works in CommonJS", async () => {
    const { code: cjs } = await transform(asCommonJs(code), { loader: "ts", format: "cjs", target: "es2022" });
    expect(await project.run(project.write("main.cjs", cjs))).toBe("works");
  });

  it.each(compilations)("compiles by $compiler with $resolution", async ({ compiler, resolution }) => {
    await compile(compiler, project, project.write("main.mts", code), resolution);
  });

  it.each(commonJsCompilations)(
    "compiles to CommonJS by $compiler with $resolution",
    async ({ compiler, resolution }) => {
      // The resolution of Node 10 knows the extension `.ts` alone.
      const file = resolution === "node10" ? "main.ts" : "main.cts";
      await compile(compiler, project, project.write(file, asCommonJs(code)), resolution);
    },
  );
});
