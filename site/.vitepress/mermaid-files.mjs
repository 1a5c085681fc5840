import { cpSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Copies mermaid to the site as its package has it, minified and in parts: bundling it anew takes most of a minute. */
export function copyMermaid({ outDir }) {
  const from = dirname(fileURLToPath(import.meta.resolve("mermaid")));
  for (const name of ["mermaid.esm.min.mjs", "chunks/mermaid.esm.min"]) {
    cpSync(join(from, name), join(outDir, "mermaid", name), {
      recursive: true,
      filter: (file) => !file.endsWith(".map"),
    });
  }
}
