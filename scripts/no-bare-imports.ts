import type { Options } from "tsup";

/**
 * Removes the imports without names that esbuild adds for chunks which an entry reaches only through other chunks. Our
 * modules have no side effects, so these imports do nothing, and bundlers warn users about them.
 */
export function noBareImports(): NonNullable<Options["plugins"]>[number] {
  return {
    name: "no-bare-imports",
    renderChunk(code, info) {
      if (info.type !== "chunk") return undefined;
      // The empty line keeps the source map right.
      return { code: code.replace(/^import "\.\/chunk-\w+\.c?js";$/gm, ""), map: info.map };
    },
  };
}
