import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, it } from "vitest";
import { root } from "./support/program.js";

/** The folders of a package's source that each folder imports from; a file beside the folders counts as one. */
function importsOfFolders(source: string): Map<string, Set<string>> {
  const files = execFileSync("git", ["ls-files", `${source}/*.ts`], { cwd: root, encoding: "utf8" })
    .trim()
    .split("\n");
  const folderOf = (file: string) => relative(source, file).split("/")[0]!;
  const imports = new Map<string, Set<string>>();
  for (const file of files) {
    const folder = folderOf(file);
    const imported = imports.get(folder) ?? new Set();
    imports.set(folder, imported);
    for (const [, path] of readFileSync(join(root, file), "utf8").matchAll(/ from "(\.[^"]+)\.js"/g)) {
      imported.add(folderOf(join(dirname(file), `${path}.ts`)));
    }
    imported.delete(folder);
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

it.each(["wire", "transport-core", "transport-tcp", "transport-ws", "client", "transport-compliance"])(
  "%s: imports between folders point one way",
  (name) => {
    expect(cyclesOf(importsOfFolders(`packages/${name}/src`))).toEqual([]);
  },
);
