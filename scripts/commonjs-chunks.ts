import { rollup } from "rollup";
import type { Options } from "tsup";

/**
 * Turns the chunks that esbuild has split, which are ESM, into CommonJS by rollup: all else in them stays as esbuild
 * wrote it. tsup's own step (sucrase) also writes `?.` and `??` as calls of helpers, which costs a server up to 25 %.
 */
export function commonJsChunks(): NonNullable<Options["plugins"]>[number] {
  return {
    name: "commonjs-chunks",
    async renderChunk(code, info) {
      if (this.format !== "cjs" || info.type !== "chunk") return;
      this.splitting = false; // Skips tsup's own step.
      const chunk = await rollup({
        input: info.path,
        treeshake: false,
        logLevel: "silent",
        makeAbsoluteExternalsRelative: false,
        plugins: [
          {
            name: "this-chunk",
            resolveId: (id) => (id === info.path ? id : false),
            load: () => ({ code, map: info.map ?? null }),
          },
        ],
      });
      const { output } = await chunk.generate({
        format: "cjs",
        file: info.path,
        sourcemap: "hidden",
        sourcemapExcludeSources: true,
        // No chunk changes what it exports: plain properties, where rollup would write getters.
        externalLiveBindings: false,
        esModule: true,
        strict: true,
        exports: "named",
      });
      return { code: output[0].code, map: output[0].map };
    },
  };
}
