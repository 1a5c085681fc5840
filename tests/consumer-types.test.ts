import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LocalRegistry, publicPackages } from "./support/local-registry.js";
import { root, run } from "./support/program.js";
import { Project } from "./support/project.js";

const names = publicPackages.map((folder) => `@im/${basename(folder)}`);

let user: Project;
beforeAll(async () => {
  const registry = await LocalRegistry.start();
  user = new Project(registry.url);
  await user.install("npm", [...names, "@types/node"]);
  registry.close();
});
afterAll(() => user.remove());

const pageCode = (transport: string) => `
  import { createClient, createImClient } from "@im/client";
  import { type Conn, OpCode } from "@im/transport-core";
  import type { ConnDriver } from "@im/transport-core/authoring";
  import { wsDialer } from "${transport}";
  import * as wire from "@im/wire";
  import * as codec from "@im/wire/codec";
  import * as compact from "@im/wire/compact";
  import * as messages from "@im/wire/messages";
  export async function chat(conn: Conn, driver: ConnDriver) {
    conn.writeFrame(OpCode.Binary, new Uint8Array(1));
    const client = createImClient({ dialer: wsDialer(), addresses: "wss://chat.example", token: "alice" });
    await client.connect();
    return { client, driver, wire, codec, compact, messages, frames: createClient({ dialer: wsDialer() }) };
  }
`;

const pageOnRoot = pageCode("@im/transport-ws");
const pageOnBrowser = pageCode("@im/transport-ws/browser");

const serverCode = `
  import { createGateway } from "@im/gateway";
  import * as contractSuites from "@im/gateway/contract-suites";
  import { RejectedSockets, SocketConnDriver } from "@im/transport-core/node";
  import { createTcpServer } from "@im/transport-tcp";
  import { createWsServer, wsDialer } from "@im/transport-ws";
  export const all = { contractSuites, createGateway, createTcpServer, createWsServer, RejectedSockets, wsDialer };
  export abstract class Driver extends SocketConnDriver {}
  // @ts-expect-error: with Node's types installed, options of Node's types are checked.
  createWsServer({ server: "none" });
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
const nodenext = { module: "nodenext", moduleResolution: "nodenext" };
const node10 = { module: "commonjs", moduleResolution: "node10" };

const browser = { ...bundler, customConditions: ["browser"] };
const projects = [
  ["typescript", "a page with the resolution of Node 10", "ts", pageOnRoot, { ...page, ...node10 }],
  ["typescript", "a page with that resolution and the browser entry", "ts", pageOnBrowser, { ...page, ...node10 }],
  ["typescript", "a page with the condition browser", "mts", pageOnRoot, { ...page, ...browser }],
  ["typescript", "a page with the browser entry", "mts", pageOnBrowser, { ...page, ...bundler }],
  ["typescript", "a server with the resolution of Node 10", "ts", serverCode, { ...server, ...node10 }],
  ["typescript", "a server that is bundled", "mts", serverCode, { ...server, ...bundler }],
  ...["typescript", "typescript-6", "typescript-7"].flatMap(
    (compiler) =>
      [
        [compiler, "a page", "mts", pageOnRoot, { ...page, ...bundler }],
        [compiler, "a server in ESM", "mts", serverCode, { ...server, ...node16 }],
        [compiler, "a server in CommonJS", "cts", serverCode, { ...server, ...node16 }],
        [compiler, "a server in the newest ESM", "mts", serverCode, { ...server, ...nodenext }],
      ] as const,
  ),
] as const;

it.each(projects)("%s, strict, finds no error in %s (.%s)", async (compiler, title, extension, code, options) => {
  const project = join(user.folder, `${compiler}-${title}`.replaceAll(" ", "-"));
  mkdirSync(project);
  writeFileSync(join(project, `main.${extension}`), code);
  writeFileSync(
    join(project, "tsconfig.json"),
    JSON.stringify({ compilerOptions: options, files: [`main.${extension}`] }),
  );
  const require = createRequire(import.meta.url);
  await run(join(dirname(require.resolve(`${compiler}/package.json`)), "bin/tsc"), ["-p", project]);
});

describe.each(names)("what %s ships", (name) => {
  it("holds no path of the machine that built it", () => {
    const shipped = join(user.folder, "node_modules", name);
    const files = readdirSync(shipped, { recursive: true, encoding: "utf8" }).filter((file) => /\.\w+$/.test(file));
    expect(files).toContain("dist/index.cjs.map");
    expect(files.filter((file) => readFileSync(join(shipped, file), "utf8").includes(root))).toEqual([]);
  });

  it("writes `?.` and `??` alike in ESM and CommonJS", () => {
    const dist = join(user.folder, "node_modules", name, "dist");
    const commonJs = readdirSync(dist).filter((file) => file.endsWith(".cjs"));
    expect(commonJs).not.toEqual([]);
    for (const file of commonJs) expect(readFileSync(join(dist, file), "utf8")).not.toMatch(/_optionalChain|_nullish/);
  });
});
