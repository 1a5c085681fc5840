import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build, type Plugin } from "esbuild";

const packageRoot = dirname(createRequire(import.meta.url).resolve("@im/simulation/package.json"));

/** A change of the product's source, to see whether the simulation finds it. */
export interface Patch {
  /** Below `packages/`, such as `client/src/im-client/requests.ts`. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** The product's sources as one CommonJS module. @throws if the text of a patch stands there not exactly once */
export async function bundleProduct(patches: readonly Patch[] = []): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(packageRoot, "src/product/entry.ts")],
    bundle: true,
    write: false,
    format: "cjs",
    platform: "node",
    target: "es2022",
    conditions: ["@im/source"],
    plugins: [patching(patches)],
    logLevel: "silent",
  });
  return outputFiles[0]!.text;
}

function patching(patches: readonly Patch[]): Plugin {
  return {
    name: "patches",
    setup({ onLoad, onEnd }) {
      const applied = new Set<Patch>();
      onLoad({ filter: /packages\/[^/]+\/src\/.*\.ts$/ }, async ({ path }) => {
        const own = patches.filter(({ file }) => path.endsWith(`/packages/${file}`));
        if (own.length === 0) return undefined;
        let contents = await readFile(path, "utf8");
        for (const patch of own) {
          if (contents.split(patch.find).length !== 2) throw new Error(`${path} must have once: ${patch.find}`);
          contents = contents.replace(patch.find, () => patch.replace);
          applied.add(patch);
        }
        return { contents, loader: "ts" };
      });
      onEnd(() => {
        for (const patch of patches) if (!applied.has(patch)) throw new Error(`no file ${patch.file} in the bundle`);
      });
    },
  };
}
