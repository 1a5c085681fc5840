import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "./support/program.js";

interface Changeset {
  readonly id: string;
  readonly releases: readonly { readonly name: string; readonly type: string }[];
  readonly summary: string;
}

const require = createRequire(join(root, "package.json"));
/** The reader of the release itself. */
const read: (root: string) => Promise<readonly Changeset[]> = createRequire(
  require.resolve("@changesets/cli/package.json"),
)("@changesets/read").default;

const publicPackages = readdirSync(join(root, "packages"))
  .map((name) => JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8")))
  .filter((manifest) => !manifest.private)
  .map(({ name }) => name);

it("every changeset can be read, names public packages, and says what changes", async () => {
  for (const { id, releases, summary } of await read(root)) {
    expect(releases.length, id).toBeGreaterThan(0);
    for (const { name } of releases) expect(publicPackages, id).toContain(name);
    expect(summary, id).not.toBe("");
  }
});
