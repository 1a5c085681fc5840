import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, it } from "vitest";
import { root } from "./support/program.js";

/** What the files of a package's source import from each other; `nodeOf` names a file, or the folder that it counts for. */
function importsWithin(source: string, nodeOf: (file: string) => string): Map<string, Set<string>> {
  const files = execFileSync("git", ["ls-files", `${source}/*.ts`], { cwd: root, encoding: "utf8" })
    .trim()
    .split("\n");
  const imports = new Map<string, Set<string>>();
  for (const file of files) {
    const node = nodeOf(relative(source, file));
    const imported = imports.get(node) ?? new Set();
    imports.set(node, imported);
    for (const [, path] of readFileSync(join(root, file), "utf8").matchAll(/ from "(\.[^"]+)\.js"/g)) {
      imported.add(nodeOf(relative(source, join(dirname(file), `${path}.ts`))));
    }
    imported.delete(node);
  }
  return imports;
}

/** What is left of a graph once everything is taken away that leads to no cycle. */
function cyclesOf(imports: Map<string, Set<string>>): string[] {
  const left = new Map(imports);
  for (;;) {
    const free = [...left].find(([, imported]) => [...imported].every((folder) => !left.has(folder)));
    if (!free) return [...left.keys()];
    left.delete(free[0]);
  }
}

const packages = [
  "wire",
  "transport-core",
  "transport-tcp",
  "transport-ws",
  "client",
  "chat",
  "chat-level",
  "chat-postgres",
  "transport-compliance",
  "simulation",
];

it.each([...packages, "gateway"])("%s: no file imports itself through others", (name) => {
  expect(cyclesOf(importsWithin(`packages/${name}/src`, (file) => file))).toEqual([]);
});

/** A file beside the folders counts as one. */
it.each(packages)("%s: imports between folders point one way", (name) => {
  expect(cyclesOf(importsWithin(`packages/${name}/src`, (file) => file.split("/")[0]!))).toEqual([]);
});
