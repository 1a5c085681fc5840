import { fileURLToPath } from "node:url";
import { build } from "esbuild";

// The simulation itself is TypeScript, which Node 20 does not run: it is bundled first.
const simulation = new URL("dist/simulate.mjs", import.meta.url);
await build({
  entryPoints: [fileURLToPath(new URL("src/runner/main.ts", import.meta.url))],
  outfile: fileURLToPath(simulation),
  bundle: true,
  format: "esm",
  platform: "node",
  target: "es2022",
  external: ["esbuild"],
  conditions: ["@im/source"],
  sourcemap: "inline",
});
process.setSourceMapsEnabled(true);
await import(simulation.href);
