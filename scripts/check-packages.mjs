// Packs every public package as it would be published, and has publint and attw look at the tarballs.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "im-packages-"));
const run = (command, args, cwd) => execFileSync(command, args, { cwd, stdio: "inherit" });

try {
  for (const name of readdirSync("packages")) {
    const cwd = join("packages", name);
    const { private: isPrivate } = JSON.parse(readFileSync(join(cwd, "package.json"), "utf8"));
    if (isPrivate) continue;
    run("pnpm", ["pack", "--pack-destination", folder], cwd);
  }
  for (const file of readdirSync(folder)) {
    const tarball = join(folder, file);
    console.log(`\n${file}`);
    run("publint", ["run", tarball, "--strict"], ".");
    run("attw", [tarball], ".");
  }
} finally {
  rmSync(folder, { recursive: true });
}
