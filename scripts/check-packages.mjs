// Packs every public package as it would be published, and looks at what a registry shows of it, at the files in it, and with publint
// and attw at its exports and types: attw by its strict profile, in all resolutions, of Node 10 too.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";

/** What a package may ship: what is built, and the sources to which its source maps point. */
const SHIPPED =
  /^package\/(package\.json|README\.md|LICENSE|dist\/.+\.(c?js(\.map)?|d\.c?ts)|src\/(?!.*\.(test|bench)\.).+\.ts)$/;
const REQUIRED_FILES = ["package/package.json", "package/README.md", "package/LICENSE"];
const REQUIRED_FIELDS = ["description", "keywords", "license", "engines"];

const folder = mkdtempSync(join(tmpdir(), "im-packages-"));
const run = (command, args, cwd) => execFileSync(command, args, { cwd, stdio: "inherit" });

/** Maps point to sources in the package, and have no copies of them. */
function checkMaps(tarball, files) {
  for (const path of files.filter((path) => path.endsWith(".map"))) {
    const { sources, sourcesContent } = JSON.parse(execFileSync("tar", ["-xzOf", tarball, path], { encoding: "utf8" }));
    const dangling = sources.filter((source) => !files.includes(posix.join(posix.dirname(path), source)));
    if (dangling.length > 0) throw new Error(`${path} points to what is not in the package: ${dangling.join(", ")}`);
    if (sourcesContent) throw new Error(`${path} has copies of sources that the package ships`);
  }
}

try {
  for (const name of readdirSync("packages")) {
    const cwd = join("packages", name);
    const manifest = JSON.parse(readFileSync(join(cwd, "package.json"), "utf8"));
    if (manifest.private) continue;
    const missing = REQUIRED_FIELDS.filter((field) => !manifest[field]);
    if (missing.length > 0) throw new Error(`${manifest.name} needs ${missing.join(", ")} in its package.json`);
    run("pnpm", ["pack", "--pack-destination", folder], cwd);
  }
  for (const file of readdirSync(folder)) {
    const tarball = join(folder, file);
    console.log(`\n${file}`);
    const files = execFileSync("tar", ["-tzf", tarball], { encoding: "utf8" }).trim().split("\n");
    const others = files.filter((path) => !SHIPPED.test(path));
    if (others.length > 0) throw new Error(`${file} ships what nobody needs: ${others.join(", ")}`);
    const missing = REQUIRED_FILES.filter((path) => !files.includes(path));
    if (missing.length > 0) throw new Error(`${file} lacks ${missing.join(", ")}`);
    checkMaps(tarball, files);
    run("publint", ["run", tarball, "--strict"], ".");
    run("attw", [tarball, "--profile", "strict"], ".");
  }
} finally {
  rmSync(folder, { recursive: true });
}
