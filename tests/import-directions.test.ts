import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { root } from "./support/program.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "im-imports-"));
  const settings = execFileSync("git", ["ls-files", "--", "biome.json", "packages/*/biome.json"], {
    cwd: root,
    encoding: "utf8",
  });
  for (const file of settings.trim().split("\n")) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    copyFileSync(join(root, file), join(folder, file));
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What the linter says of a source file of the given package that imports the given module. */
function lint(file: string, specifier: string): string {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), `import * as other from "${specifier}";\nexport const used = other;\n`);
  const biome = join(root, "node_modules/.bin/biome");
  return spawnSync(biome, ["lint", "--vcs-enabled=false", file], { cwd: folder, encoding: "utf8" }).stderr;
}

it.each([
  ["packages/transport-ws/src/x.ts", "@im/transport-tcp"],
  ["packages/transport-tcp/src/x.ts", "@im/transport-ws"],
  ["packages/transport-ws/src/x.ts", "@im/wire"],
  ["packages/transport-core/src/x.ts", "@im/wire"],
  ["packages/wire/src/x.ts", "@im/transport-core"],
  ["packages/wire/src/x.ts", "@im/transport-core/authoring"],
  ["packages/wire/src/x.ts", "@im/client"],
  ["packages/client/src/x.ts", "@im/transport-ws"],
  ["packages/gateway/src/x.ts", "@im/transport-ws"],
  ["packages/gateway/src/x.ts", "@im/client"],
  ["packages/gateway/src/x.ts", "@im/chat"],
  ["packages/chat/src/x.ts", "@im/chat-level"],
  ["packages/chat/src/commands/x.ts", "@im/gateway"],
  ["packages/chat-level/src/x.ts", "@im/gateway"],
  ["packages/cluster-redis/src/x.ts", "@im/wire"],
  ["packages/gateway/src/x.ts", "@im/cluster-redis"],
  ["packages/chat-postgres/src/x.ts", "@im/chat-level"],
  ["packages/transport-compliance/src/x.ts", "@im/transport-tcp"],
])("%s may not import %s", (file, specifier) => {
  expect(lint(file, specifier)).toContain("Imports point one way");
});

it("no package may reach into another by a path", () => {
  const said = lint("packages/transport-ws/src/x.ts", "../../transport-tcp/src/index.js");
  expect(said).toContain("imported by its name");
});

it("the gateway carries no generated code", () => {
  expect(lint("packages/gateway/src/x.ts", "@im/wire/messages")).toContain("come with the command map");
});

it.each(["wire", "transport-core", "client", "gateway", "transport-compliance"])(
  "%s may not use Node's modules",
  (name) => {
    expect(lint(`packages/${name}/src/x.ts`, "node:net")).toContain("Node.js builtin module");
  },
);

it("the browser entry of transport-ws may not use Node's modules", () => {
  expect(lint("packages/transport-ws/src/browser/x.ts", "node:net")).toContain("Node.js builtin module");
});

it("the contract may not import the machinery", () => {
  expect(lint("packages/transport-core/src/contract/x.ts", "../conn/framed-conn.js")).toContain("stands on its own");
});

it.each([
  ["packages/transport-ws/src/x.ts", "@im/transport-core/authoring"],
  ["packages/wire/src/x.ts", "@im/transport-core/internal"],
  ["packages/client/src/x.ts", "@im/wire"],
  ["packages/gateway/src/x.ts", "@im/wire"],
  ["packages/chat/src/x.ts", "@im/gateway"],
  ["packages/chat/src/commands/x.ts", "@im/wire/compact"],
  ["packages/chat-level/src/x.ts", "@im/chat"],
  ["packages/cluster-redis/src/x.ts", "@im/gateway"],
  ["packages/chat-postgres/src/x.ts", "@im/chat"],
  ["packages/transport-core/src/node/x.ts", "node:net"],
  ["packages/transport-tcp/src/x.ts", "node:net"],
  ["packages/transport-ws/src/x.ts", "node:http"],
])("%s may import %s", (file, specifier) => {
  expect(lint(file, specifier)).not.toMatch(/noRestrictedImports|noNodejsModules/);
});
