import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pnpm } from "./package-managers.js";
import { root } from "./program.js";

type Manifest = { name: string; version: string; private?: boolean; dependencies?: Record<string, string> };

const manifestIn = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

/** The folders of our public packages. */
export const publicPackages = readdirSync(join(root, "packages"))
  .map((name) => join(root, "packages", name))
  .filter((folder) => !manifestIn(folder).private);

/** What users of our packages need of others. */
const foreignPackages = withDependencies([
  join(root, "packages/transport-ws/node_modules/ws"),
  join(root, "packages/wire/node_modules/@bufbuild/protobuf"),
  join(root, "packages/chat-level/node_modules/classic-level"),
  join(root, "node_modules/@types/node"),
]);

/** The folders of packages, and of all that they depend on: each has its dependencies beside it. */
function withDependencies(folders: readonly string[], found = new Set<string>()): ReadonlySet<string> {
  for (const folder of folders.map((each) => realpathSync(each))) {
    if (found.has(folder)) continue;
    found.add(folder);
    const { name, dependencies = {} } = manifestIn(folder);
    const modules = join(folder, ...name.split("/").map(() => ".."));
    withDependencies(
      Object.keys(dependencies).map((dependency) => join(modules, dependency)),
      found,
    );
  }
  return found;
}

/**
 * A registry of packages on this machine, from which npm and pnpm install. It has our packages as they would be published,
 * and what they depend on.
 */
export class LocalRegistry {
  readonly #tarballs = mkdtempSync(join(tmpdir(), "im-registry-"));
  readonly #answers = new Map<string, Buffer>();
  readonly #server: Server = createServer(({ url }, response) => {
    const answer = this.#answers.get(decodeURIComponent(url!));
    response.writeHead(answer ? 200 : 404).end(answer);
  });

  static async start(): Promise<LocalRegistry> {
    const registry = new LocalRegistry();
    await once(registry.#server.listen(0, "127.0.0.1"), "listening");
    await Promise.all([...publicPackages, ...foreignPackages].map((folder) => registry.#add(folder)));
    return registry;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
    rmSync(this.#tarballs, { recursive: true });
  }

  /** Packs the package of a folder and offers it. */
  async #add(folder: string): Promise<void> {
    await pnpm(folder, "pack", "--pack-destination", this.#tarballs, "--config.ignore-scripts=true");
    const own = manifestIn(folder);
    const { name, version, dependencies = {} } = own;
    const file = `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;
    const tarball = readFileSync(join(this.#tarballs, file));
    const exact = Object.entries(dependencies).map(([name, range]) => [name, range.replace("workspace:*", version)]);
    const manifest = {
      // With its scripts: else npm compiles what has a binding.gyp, instead of running its install script.
      ...own,
      dependencies: Object.fromEntries(exact),
      dist: {
        tarball: `${this.url}${file}`,
        integrity: `sha512-${createHash("sha512").update(tarball).digest("base64")}`,
      },
    };
    const listing = { name, "dist-tags": { latest: version }, versions: { [version]: manifest } };
    this.#answers.set(`/${file}`, tarball);
    this.#answers.set(`/${name}`, Buffer.from(JSON.stringify(listing)));
  }
}
