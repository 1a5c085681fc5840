import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root, run } from "./support/program.js";

// Outside the workspace's own settings, but inside its folder, which git and biome leave alone.
const folder = mkdtempSync(join(root, "tests", ".consumer-"));
const modules = join(folder, "node_modules");
afterAll(() => rmSync(folder, { recursive: true }));

const publicPackages = readdirSync(join(root, "packages")).filter(
  (name) => !JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8")).private,
);

/** The folder of a package, as `from` finds it. */
function packageFolder(name: string, from: string): string {
  const [found] = createRequire(join(root, from, "package.json"))
    .resolve.paths(name)!
    .flatMap((path) => {
      try {
        readdirSync(join(path, name));
        return [join(path, name)];
      } catch {
        return [];
      }
    });
  return found!;
}

beforeAll(() => {
  for (const name of publicPackages) {
    const cwd = join(root, "packages", name);
    const [packed] = JSON.parse(execFileSync("npm", ["pack", "--dry-run", "--json"], { cwd, encoding: "utf8" }));
    for (const { path } of packed.files) cpSync(join(cwd, path), join(modules, "@im", name, path));
  }
  const foreign = [
    ["@bufbuild/protobuf", "packages/wire"],
    ["@types/node", "."],
    ["undici-types", "node_modules/@types/node"],
  ] as const;
  for (const [name, from] of foreign) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(packageFolder(name, from), join(modules, name));
  }
});

const pageCode = `
  import { createClient, createImClient } from "@im/client";
  import { type Conn, OpCode } from "@im/transport-core";
  import type { ConnDriver } from "@im/transport-core/authoring";
  import { wsDialer } from "@im/transport-ws/browser";
  import * as wire from "@im/wire";
  import * as messages from "@im/wire/messages";
  export async function chat(conn: Conn, driver: ConnDriver) {
    conn.writeFrame(OpCode.Binary, new Uint8Array(1));
    const client = createImClient({ dialer: wsDialer(), addresses: "wss://chat.example", token: "alice" });
    await client.connect();
    return { client, driver, wire, messages, frames: createClient({ dialer: wsDialer() }) };
  }
`;

const serverCode = `
  import { createGateway } from "@im/gateway";
  import * as contractSuites from "@im/gateway/contract-suites";
  import { RejectedSockets, SocketConnDriver } from "@im/transport-core/node";
  import { createTcpServer } from "@im/transport-tcp";
  import { createWsServer, wsDialer } from "@im/transport-ws";
  export const all = { contractSuites, createGateway, createTcpServer, createWsServer, RejectedSockets, wsDialer };
  export abstract class Driver extends SocketConnDriver {}
`;

const common = {
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  noEmit: true,
  target: "es2022",
};
const page = { ...common, lib: ["es2022", "dom"], types: [] };
const server = { ...common, lib: ["es2022"], types: ["node"] };
const bundler = { module: "esnext", moduleResolution: "bundler" };
const node16 = { module: "node16", moduleResolution: "node16" };
const node10 = { module: "commonjs", moduleResolution: "node10" };

const projects = [
  ["typescript", "a page", "mts", pageCode, { ...page, ...bundler }],
  ["typescript", "a server in ESM", "mts", serverCode, { ...server, ...node16 }],
  ["typescript", "a server in CommonJS", "cts", serverCode, { ...server, ...node16 }],
  ["typescript", "a page with the resolution of Node 10", "ts", pageCode, { ...page, ...node10 }],
  ["typescript", "a server with the resolution of Node 10", "ts", serverCode, { ...server, ...node10 }],
  ["typescript-6", "a page", "mts", pageCode, { ...page, ...bundler }],
  ["typescript-6", "a server in ESM", "mts", serverCode, { ...server, ...node16 }],
  ["typescript-6", "a server in CommonJS", "cts", serverCode, { ...server, ...node16 }],
  ["typescript-7", "a page", "mts", pageCode, { ...page, ...bundler }],
  ["typescript-7", "a server in ESM", "mts", serverCode, { ...server, ...node16 }],
  ["typescript-7", "a server in CommonJS", "cts", serverCode, { ...server, ...node16 }],
] as const;

it.each(projects)("%s, strict, finds no error in %s (.%s)", async (compiler, title, extension, code, options) => {
  const project = join(folder, `${compiler}-${title}`.replaceAll(" ", "-"));
  mkdirSync(project);
  writeFileSync(join(project, `main.${extension}`), code);
  writeFileSync(
    join(project, "tsconfig.json"),
    JSON.stringify({ compilerOptions: options, files: [`main.${extension}`] }),
  );
  const require = createRequire(import.meta.url);
  await run(join(dirname(require.resolve(`${compiler}/package.json`)), "bin/tsc"), ["-p", project]);
});

describe.each(publicPackages)("what @im/%s ships", (name) => {
  it("holds no path of the machine that built it", () => {
    const shipped = join(modules, "@im", name);
    const files = readdirSync(shipped, { recursive: true, encoding: "utf8" }).filter((file) => /\.\w+$/.test(file));
    expect(files).toContain("dist/index.cjs.map");
    expect(files.filter((file) => readFileSync(join(shipped, file), "utf8").includes(root))).toEqual([]);
  });

  it("writes `?.` and `??` alike in ESM and CommonJS", () => {
    const dist = join(modules, "@im", name, "dist");
    const commonJs = readdirSync(dist).filter((file) => file.endsWith(".cjs"));
    expect(commonJs).not.toEqual([]);
    for (const file of commonJs) expect(readFileSync(join(dist, file), "utf8")).not.toMatch(/_optionalChain|_nullish/);
  });
});
