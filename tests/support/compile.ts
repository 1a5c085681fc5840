import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DocumentedProgram } from "./code-blocks.js";
import { root, run } from "./program.js";

const strict = ["--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", "--erasableSyntaxOnly"];
const node = ["--module", "nodenext", "--target", "es2022", "--types", "node"];
const options = [...strict, ...node, "--allowJs", "--checkJs", "--noEmit"];

/** Writes programs into a folder and compiles them. @returns the lines of the compiler's errors */
export async function errorsOf(
  folder: string,
  programs: readonly DocumentedProgram[],
  more: string[],
): Promise<string[]> {
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
