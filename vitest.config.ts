import { existsSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// Tests of packages run on the sources (condition `@im/source`) and need no build; `tests/` runs on what is built.
function sources(...conditions: string[]) {
  return { resolve: { conditions }, ssr: { resolve: { conditions, externalConditions: conditions } } };
}
const setupFiles = [fileURLToPath(new URL("vitest.setup.ts", import.meta.url))];
/** What the tests of a package share for a run, such as a database. */
function globalSetupOf(name: string): string[] {
  const file = fileURLToPath(new URL(`packages/${name}/test/support/global-setup.ts`, import.meta.url));
  return existsSync(file) ? [file] : [];
}
const packages = readdirSync("packages").filter((name) => existsSync(`packages/${name}/test`));

export default defineConfig({
  test: {
    coverage: {
      include: ["packages/*/src/**"],
      exclude: ["packages/{simulation,test-support}/**", "**/src/gen/**"],
      reporter: ["text-summary", "html"],
    },
    // Most tests wait for sockets and timers: two files at a time do well even on one core.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      ...packages.map((name) => ({
        ...sources("@im/source"),
        test: {
          name,
          root: `packages/${name}`,
          include: ["test/**/*.test.ts"],
          testTimeout: 20_000,
          setupFiles,
          globalSetup: globalSetupOf(name),
        },
      })),
      {
        test: {
          name: "e2e",
          root: "tests",
          include: ["*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "e2e-browser",
          root: "tests/browser",
          include: ["*.test.ts"],
          globalSetup: fileURLToPath(new URL("tests/browser/support/say-what-is-missing.ts", import.meta.url)),
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "e2e-proxies",
          root: "tests/proxies",
          include: ["*.test.ts"],
          globalSetup: fileURLToPath(new URL("tests/proxies/support/say-what-is-missing.ts", import.meta.url)),
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "e2e-chat",
          root: "tests/chat",
          include: ["*.test.ts"],
          globalSetup: fileURLToPath(new URL("tests/chat/support/say-what-is-missing.ts", import.meta.url)),
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "e2e-cluster",
          root: "tests/cluster",
          include: ["*.test.ts"],
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: "e2e-deploys",
          root: "tests/deploys",
          include: ["*.test.ts"],
          testTimeout: 300_000,
        },
      },
      {
        test: {
          name: "e2e-hostile",
          root: "tests/hostile",
          include: ["*.test.ts"],
          testTimeout: 600_000,
          // They measure, so they run alone, after all others and one file at a time.
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        ...sources("@im/source"),
        test: {
          name: "e2e-speed",
          root: "tests/speed",
          include: ["*.test.ts"],
          testTimeout: 120_000,
          // As the hostile ones: they measure.
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
