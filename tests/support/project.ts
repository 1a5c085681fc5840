import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCertificate } from "@im/test-support/certificate";
import { npm, pnpm } from "./package-managers.js";
import { run } from "./program.js";

/** What `npm init -y` writes. */
const manifest = {
  name: "project",
  version: "1.0.0",
  description: "",
  main: "index.js",
  scripts: { test: 'echo "Error: no test specified" && exit 1' },
  keywords: [],
  author: "",
  license: "ISC",
  type: "commonjs",
};

/** A user's project: a new folder, into which packages are installed. */
export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), "im-project-"));
  readonly #registry: string;

  constructor(registry: string) {
    this.#registry = registry;
    this.write("package.json", JSON.stringify(manifest, undefined, 2));
  }

  /** Runs `npm install` or `pnpm add`. */
  async install(manager: "npm" | "pnpm", packages: readonly string[]): Promise<void> {
    const from = `--registry=${this.#registry}`;
    const [cache, store] = [join(this.folder, ".cache"), join(this.folder, ".store")];
    if (manager === "npm") await npm(this.folder, "install", ...packages, from, `--cache=${cache}`, "--no-audit");
    else await pnpm(this.folder, "add", ...packages, from, `--store-dir=${store}`, `--config.cache-dir=${cache}`);
  }

  write(file: string, text: string): string {
    const path = join(this.folder, file);
    writeFileSync(path, text);
    return path;
  }

  /** Writes a certificate for `localhost`, `cert.pem`, and its key, `key.pem`. */
  async writeCertificate(): Promise<void> {
    const { key, cert } = await createCertificate();
    this.write("key.pem", key);
    this.write("cert.pem", cert);
  }

  /** Runs a program to its end in this folder. */
  run(file: string, args: readonly string[] = []): Promise<string> {
    return run(file, args, this.folder);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
