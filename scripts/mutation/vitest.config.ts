import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// Stryker copies the repository's sources and links its node_modules, where @im/transport-core is the one without mutants.
const root = fileURLToPath(new URL("../..", import.meta.url));
const { exports } = JSON.parse(readFileSync(`${root}packages/transport-core/package.json`, "utf8")) as {
  exports: Record<string, string | { "@im/source": string }>;
};
const alias = Object.entries(exports).flatMap(([entry, target]) =>
  typeof target === "string"
    ? []
    : [
        {
          find: new RegExp(`^@im/transport-core${entry.slice(1)}$`),
          replacement: `${root}packages/transport-core/${target["@im/source"]}`,
        },
      ],
);
const conditions = ["@im/source"];

export default defineConfig({
  root,
  resolve: { conditions, alias },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: [
      "packages/transport-core/test/{close-payload,stream-decoder}.test.ts",
      "packages/transport-{tcp,ws}/test/framing/*.test.ts",
      "packages/wire/test/{constants,errors,golden,header-codec,known-commands,lazy,many-metas,marshal-response,odd-input,packet-layout,packet-reader,packets,properties,restamp,sequence,slab,varint}.test.ts",
    ],
    exclude: ["**/*.fuzz.test.ts", "**/*-speed.test.ts"],
    // One worker for each run: most of the time of a mutant is the loading of modules.
    isolate: false,
    setupFiles: [`${root}scripts/mutation/setup.ts`],
  },
});
