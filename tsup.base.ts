import { defineConfig, type Options } from "tsup";
import { commonJsChunks } from "./scripts/commonjs-chunks.ts";
import { noBareImports } from "./scripts/no-bare-imports.ts";

/** How types are built. */
export const types = {
  // The types of our own packages come from their built files, as they will for a user.
  compilerOptions: { customConditions: [] },
  // `AsyncDisposable` stands in no `lib` that users set by default.
  banner: '/// <reference lib="esnext.disposable" />',
};

/** The build that all packages share: ESM and CJS with their own types, for Node 20 and browsers alike. */
export function definePackage(entry: Record<string, string>, overrides: Options = {}) {
  return defineConfig({
    entry,
    format: ["esm", "cjs"],
    target: "es2022",
    platform: "neutral",
    sourcemap: true,
    // Packages ship their sources: the maps need no copies.
    esbuildOptions(options) {
      options.sourcesContent = false;
    },
    // What two entries of a package share stands in one chunk, in both formats: one class, not two copies.
    splitting: true,
    clean: true,
    silent: true,
    plugins: [noBareImports(), commonJsChunks()],
    dts: types,
    ...overrides,
  });
}
