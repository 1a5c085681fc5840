import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { minify } from "terser";
import { describe, expect, it } from "vitest";
import { root } from "./support/program.js";

/** What a page downloads, by the minifiers that bundlers use. */
async function bundle(program: string) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: program, resolveDir: join(root, "tests") },
    bundle: true,
    platform: "browser",
    format: "esm",
    target: "es2022",
    minify: true,
    metafile: true,
    write: false,
  });
  const { text } = outputFiles[0]!;
  const { code } = await minify(text, { module: true, ecma: 2020, compress: { passes: 3 } });
  return { text, bytes: { esbuild: gzipped(text), terser: gzipped(code!) }, inputs: Object.keys(metafile.inputs) };
}

function gzipped(text: string): number {
  return gzipSync(text, { level: 9 }).length;
}

const client = 'export { createImClient } from "@im/client"; export { wsDialer } from "@im/transport-ws";';
/** What a page may download. */
const budgets = [
  { what: "with raw bodies", program: client, maxBytes: { esbuild: 22_000, terser: 21_000 } },
  {
    what: "with kim's commands, by compact codecs",
    program: `${client} export { compactCommandMap } from "@im/wire/compact";`,
    maxBytes: { esbuild: 23_400, terser: 22_200 },
  },
  {
    what: "with kim's commands, by generated code",
    program: `${client} export { commandMap } from "@im/wire/messages";`,
    maxBytes: { esbuild: 42_400, terser: 40_800 },
  },
];

describe("a client for browsers", () => {
  it.each(budgets)("$what takes no more than it may, minified and gzipped", async ({ what, program, maxBytes }) => {
    const { bytes } = await bundle(program);
    console.log(`${what}: ${bytes.esbuild} bytes by esbuild, ${bytes.terser} by terser`);
    expect(bytes.esbuild).toBeLessThanOrEqual(maxBytes.esbuild);
    expect(bytes.terser).toBeLessThanOrEqual(maxBytes.terser);
  });

  it("carries nothing of Node, of ws, or of generated code that it does not ask for", async () => {
    const { text, inputs } = await bundle(client);
    expect(text.match(/\bBuffer\.|\brequire\(|"node:|fileDesc|\$typeName/g)).toBeNull();
    expect(inputs.filter((path) => /node_modules\/(ws|@bufbuild)\//.test(path))).toEqual([]);
  });
});
