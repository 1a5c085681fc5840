import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CleanCheckout } from "./support/clean-checkout.js";
import { LocalRegistry, publicPackages } from "./support/local-registry.js";
import { root } from "./support/program.js";
import { programOfEachPackage } from "./support/program-of-each-package.js";
import { Project } from "./support/project.js";

const names = publicPackages.map((folder) => `@im/${basename(folder)}`).sort();

/** What `pnpm release` runs after `pnpm build`: `pnpm test` has built. */
const { release } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).scripts;
const publish = release.replace("pnpm build && ", "").split(" ");

describe("a release, from a clean checkout to a registry on this machine", () => {
  let registry: LocalRegistry;
  let checkout: CleanCheckout;
  let version: string;

  beforeAll(async () => {
    registry = await LocalRegistry.startEmpty();
    checkout = new CleanCheckout();
    // A step that no other package makes by itself.
    checkout.write(".changeset/rehearsal.md", `---\n"${names[0]}": major\n---\n\nA change.\n`);
    await checkout.run(registry, "changeset", "version");
    version = JSON.parse(checkout.read("packages/transport-core/package.json")).version;
    checkout.commit("release");
    await checkout.run(registry, ...publish);
  }, 300_000);
  afterAll(() => {
    registry.close();
    checkout.remove();
  });

  it("raises the version of all packages to the same, with a changelog of each", () => {
    expect(version).not.toBe("0.0.0");
    for (const name of names) {
      const folder = `packages/${basename(name)}`;
      expect(JSON.parse(checkout.read(`${folder}/package.json`)).version, name).toBe(version);
      expect(checkout.read(`${folder}/CHANGELOG.md`)).toMatch(new RegExp(`^# ${name}\n\n## ${version}\n`));
    }
    expect(checkout.read(`packages/${basename(names[0]!)}/CHANGELOG.md`)).toContain("A change.");
  });

  it("leaves nothing to release, and nothing that is not committed", () => {
    expect(checkout.git("ls-files", ".changeset").trim()).toBe(".changeset/config.json");
    expect(checkout.git("status", "--porcelain")).toBe("");
  });

  it("publishes every public package once, no private one, and tags each", () => {
    expect(registry.published.map(({ name }) => name).sort()).toEqual(names);
    expect(checkout.git("tag").trim().split("\n").sort()).toEqual(names.map((name) => `${name}@${version}`).sort());
  });

  it("publishes packages that depend on each other's exact version", () => {
    for (const { name, dependencies = {}, peerDependencies = {} } of registry.published) {
      const all = Object.entries({ ...dependencies, ...peerDependencies });
      const ours = all.filter(([dependency]) => dependency.startsWith("@im/"));
      for (const [dependency, range] of ours) expect(`${dependency} ${range}`, name).toBe(`${dependency} ${version}`);
      for (const [dependency, range] of all) expect(range, `${dependency} of ${name}`).toMatch(/^[~^]?\d+\.\d+\.\d+$/);
    }
  });

  it("publishes nothing when it runs again", async () => {
    await checkout.run(registry, ...publish);
    expect(registry.published).toHaveLength(names.length);
  });

  it("installs @im/transport-tcp alone into an empty project, where messages flow by twelve lines", async () => {
    const project = new Project(registry.url);
    try {
      await project.install("npm", ["@im/transport-tcp"]);
      expect(readdirSync(join(project.folder, "node_modules/@im"))).toEqual(["transport-core", "transport-tcp"]);
      const lines = programOfEachPackage["@im/transport-tcp"]!.trim();
      expect(lines.split("\n").length).toBeLessThanOrEqual(12);
      expect(await project.run(project.write("main.mjs", lines))).toBe("works");
    } finally {
      project.remove();
    }
  });
});
