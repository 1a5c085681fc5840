import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";

const packageRoot = dirname(createRequire(import.meta.url).resolve("@im/simulation/package.json"));

/** A change of the product's source, to see whether the simulation finds it. */
export interface Patch {
  /** Below `packages/`, such as `client/src/im-client/requests.ts`. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** The product's sources, as a CommonJS module for each platform. */
export interface ProductSources {
  readonly node: string;
  readonly page: string;
}

/** @throws if the text of a patch stands in its file not exactly once */
export async function bundleProduct(patches: readonly Patch[] = []): Promise<ProductSources> {
  const applied = new Set<Patch>();
  const patching = patchingBy(patches, applied);
  const [node, page] = await Promise.all([
    bundle("src/product/entry.ts", {
      platform: "node",
      conditions: ["@im/source"],
      external: ["classic-level"],
      plugins: [patching],
    }),
    bundle("src/product/page-entry.ts", {
      platform: "browser",
      conditions: ["@im/source", "browser"],
      plugins: [patching],
    }),
  ]);
  for (const patch of patches) if (!applied.has(patch)) throw new Error(`no file ${patch.file} in the bundles`);
  return { node, page };
}

async function bundle(entry: string, options: BuildOptions): Promise<string> {
  const { outputFiles } = await build({
    ...options,
    entryPoints: [join(packageRoot, entry)],
    bundle: true,
    write: false,
    format: "cjs",
    target: "es2022",
    logLevel: "silent",
  });
  return outputFiles![0]!.text;
}

function patchingBy(patches: readonly Patch[], applied: Set<Patch>): Plugin {
  return {
    name: "patches",
    setup({ onLoad }) {
      onLoad({ filter: /packages[\\/][^\\/]+[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
        const own = patches.filter(({ file }) => path.endsWith(join(sep, "packages", file)));
        if (own.length === 0) return undefined;
        let contents = await readFile(path, "utf8");
        for (const patch of own) {
          if (contents.split(patch.find).length !== 2) throw new Error(`${path} must have once: ${patch.find}`);
          contents = contents.replace(patch.find, () => patch.replace);
          applied.add(patch);
        }
        return { contents, loader: "ts" };
      });
    },
  };
}
