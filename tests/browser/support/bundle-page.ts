import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** A program of `page/` as a browser gets it: from the built packages, by their export condition `browser`. */
export async function bundlePage(program: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../page/${program}`, import.meta.url))],
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    // The compliance suite is not built.
    conditions: program.startsWith("compliance") ? ["@im/source"] : [],
    write: false,
  });
  return outputFiles[0]!.text;
}
