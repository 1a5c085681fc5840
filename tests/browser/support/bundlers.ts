import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import { rspack } from "@rspack/core";
import { build as esbuild } from "esbuild";
import { rollup } from "rollup";
import { build as vite } from "vite";

/** Each bundles the program of a folder, `page.mjs`, for browsers and with the least of settings. @returns the code */
export const bundlers: Readonly<Record<string, (folder: string) => Promise<string>>> = {
  async esbuild(folder) {
    const options = { bundle: true, format: "esm", platform: "browser", target: "es2022", write: false } as const;
    const { outputFiles } = await esbuild({ entryPoints: [join(folder, "page.mjs")], ...options });
    return outputFiles[0]!.text;
  },
  async rollup(folder) {
    const bundle = await rollup({ input: join(folder, "page.mjs"), plugins: [nodeResolve({ browser: true })] });
    const { output } = await bundle.generate({ format: "es" });
    return output[0].code;
  },
  async vite(folder) {
    await writeFile(join(folder, "index.html"), '<script type="module" src="/page.mjs"></script>');
    const built = await vite({ root: folder, configFile: false, logLevel: "error", build: { write: false } });
    if (!("output" in built)) throw new Error("vite gave more than one output");
    const chunk = built.output.find((each) => each.type === "chunk");
    return chunk!.code;
  },
  async rspack(folder) {
    const compiler = rspack({
      context: folder,
      entry: "./page.mjs",
      mode: "production",
      target: "web",
      output: { path: folder, filename: "packed.js" },
    });
    await new Promise<void>((resolve, reject) => {
      compiler.run((error, stats) => {
        if (error ?? stats?.hasErrors()) reject(error ?? new Error(stats?.toString("errors-only")));
        else resolve();
      });
    });
    return readFile(join(folder, "packed.js"), "utf8");
  },
};
