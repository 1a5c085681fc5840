import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LocalRegistry } from "./local-registry.js";
import { pnpm } from "./package-managers.js";
import { root } from "./program.js";

/** Who commits and tags: what releases runs Git too, on a machine whose user may have no name. */
const settings = { "user.name": "release", "user.email": "release@example.com", "commit.gpgsign": "false" };

/** A copy of this checkout in a folder and a git repository of its own, with what is installed and built here. */
export class CleanCheckout {
  readonly folder = mkdtempSync(join(tmpdir(), "im-checkout-"));

  constructor() {
    const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root });
    for (const file of files.toString().split("\0").filter(Boolean)) this.#copy(file);
    this.git("init", "--quiet", "--initial-branch=main");
    for (const [name, value] of Object.entries(settings)) this.git("config", name, value);
    this.commit("what is checked out");
    for (const name of readdirSync(join(root, "packages")))
      for (const part of ["node_modules", "dist"]) this.#copy(`packages/${name}/${part}`);
  }

  /** Copies what is there. Links stay as they are: pnpm's are relative. */
  #copy(path: string): void {
    if (existsSync(join(root, path)))
      cpSync(join(root, path), join(this.folder, path), { recursive: true, verbatimSymlinks: true });
  }

  git(...args: readonly string[]): string {
    return execFileSync("git", args, { cwd: this.folder, encoding: "utf8" });
  }

  commit(message: string): void {
    this.git("add", "--all");
    this.git("commit", "--quiet", "--message", message);
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), "utf8");
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.folder, path), text);
  }

  /** Runs a command of this repository's dependencies. It can reach the registry, and nothing outside this machine. */
  run(registry: LocalRegistry, ...command: readonly string[]): Promise<string> {
    const npmrc = ".git/npmrc";
    this.write(npmrc, `//${new URL(registry.url).host}/:_authToken=${registry.token}\n`);
    const nowhere = "http://127.0.0.1:9";
    const variables = {
      npm_config_registry: registry.url,
      npm_config_userconfig: join(this.folder, npmrc),
      https_proxy: nowhere,
      HTTPS_PROXY: nowhere,
      no_proxy: "127.0.0.1",
      NO_PROXY: "127.0.0.1",
    };
    // The command and its `pnpm` are those of this repository.
    const environment = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
    return pnpm(root, "exec", "env", `--chdir=${this.folder}`, ...environment, ...command);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
