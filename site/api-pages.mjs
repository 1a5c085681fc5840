// Writes a page for each entry of each public package, by its docstrings, to api/. It reads the sources: nothing needs to be built.
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Application, OptionDefaults } from "typedoc";
import { load as markdown } from "typedoc-plugin-markdown";

const root = fileURLToPath(new URL("..", import.meta.url));
const manifestOf = (folder) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

/** By source file, the name by which each entry is imported. What only our own packages may import has no page. */
const entries = new Map();
for (const folder of readdirSync(join(root, "packages")).map((name) => join(root, "packages", name))) {
  const { name, private: isPrivate, exports } = manifestOf(folder);
  if (isPrivate) continue;
  for (const [path, { "@im/source": source }] of Object.entries(exports)) {
    if (path === "./internal" || path === "./package.json") continue;
    const file = typeof source === "string" ? source : source.default;
    entries.set(resolve(folder, file), join(name, path));
  }
}

const app = await Application.bootstrapWithPlugins({
  entryPoints: [...entries.keys()],
  tsconfig: join(root, "tsconfig.json"),
  plugin: [markdown],
  readme: "none",
  excludeInternal: true,
  excludePrivate: true,
  excludeExternals: true,
  disableSources: true,
  skipErrorChecking: true,
  blockTags: [...OptionDefaults.blockTags, "@beyond", "@generated"],
  excludeTags: [...OptionDefaults.excludeTags, "@generated"],
  logLevel: "Warn",
  name: "API reference",
  entryFileName: "index",
  hidePageHeader: true,
  hideBreadcrumbs: true,
  parametersFormat: "table",
  useCodeBlocks: true,
  out: fileURLToPath(new URL("api", import.meta.url)),
  router: "module",
});
const project = await app.convert();
if (!project) process.exit(1);
if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exitCode = 1;
for (const module of project.children) {
  module.name = entries.get(project.getSymbolIdFromReflection(module).fileName);
}
await app.generateOutputs(project);
