import { execFile } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { promisify } from "node:util";
import { pnpm } from "./package-managers.js";
import { root } from "./program.js";

type Manifest = {
  name: string;
  version: string;
  private?: boolean;
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
};

/** What `npm publish` sends. */
interface Publication {
  readonly "dist-tags": Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, Manifest & { readonly dist: { readonly tarball: string } }>>;
  readonly _attachments: Readonly<Record<string, { readonly data: string }>>;
}

const manifestIn = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

/** The folders of our public packages. */
export const publicPackages = readdirSync(join(root, "packages"))
  .map((name) => join(root, "packages", name))
  .filter((folder) => !manifestIn(folder).private);

/** What users of our packages need of others, or come from. */
const foreignPackages = withDependencies([
  join(root, "packages/transport-ws/node_modules/ws"),
  join(root, "packages/wire/node_modules/@bufbuild/protobuf"),
  join(root, "packages/chat-level/node_modules/classic-level"),
  join(root, "packages/cluster-redis/node_modules/redis"),
  join(root, "packages/chat-postgres/node_modules/pg"),
  join(root, "node_modules/@types/node"),
  join(root, "tests/node_modules/@types/ws"),
  join(root, "benchmarks/node_modules/socket.io"),
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
 * A registry of packages on this machine: npm and pnpm install from it, and publish to it with its token.
 */
export class LocalRegistry {
  readonly token = randomUUID();
  /** The manifests of what was published, in the order of their arrival. */
  readonly published: Manifest[] = [];
  readonly #tarballs = mkdtempSync(join(tmpdir(), "im-registry-"));
  readonly #answers = new Map<string, Buffer>();
  readonly #server: Server = createServer(async (request, response) => {
    const path = decodeURIComponent(request.url!);
    if (request.method === "PUT") return response.writeHead(await this.#accept(path, request)).end("{}");
    const answer = this.#answers.get(path);
    return response.writeHead(answer ? 200 : 404).end(answer);
  });

  /** A registry that has nothing. */
  static async startEmpty(): Promise<LocalRegistry> {
    const registry = new LocalRegistry();
    await once(registry.#server.listen(0, "127.0.0.1"), "listening");
    return registry;
  }

  /** A registry that has our packages as they would be published, and what they depend on. */
  static async start(): Promise<LocalRegistry> {
    const registry = await LocalRegistry.startEmpty();
    await Promise.all([
      ...publicPackages.map(async (folder) => registry.#add(folder, await registry.#packOwn(folder))),
      ...[...foreignPackages].map(async (folder) => registry.#add(folder, await packForeign(folder))),
    ]);
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

  /** @returns the status of the answer */
  async #accept(path: string, request: IncomingMessage): Promise<number> {
    const { versions, _attachments, "dist-tags": tags } = (await json(request)) as Publication;
    const [manifest, attachment] = [Object.values(versions)[0]!, Object.values(_attachments)[0]!];
    const tarball = new URL(manifest.dist.tarball).pathname;
    if (request.headers.authorization !== `Bearer ${this.token}`) return 401;
    this.published.push(manifest);
    this.#answers.set(tarball, Buffer.from(attachment.data, "base64"));
    this.#answers.set(path, Buffer.from(JSON.stringify({ name: manifest.name, "dist-tags": tags, versions })));
    return 201;
  }

  /** The tarball of one of our packages, as it would be published. */
  async #packOwn(folder: string): Promise<Buffer> {
    await pnpm(folder, "pack", "--pack-destination", this.#tarballs, "--config.ignore-scripts=true");
    return readFileSync(join(this.#tarballs, fileOf(manifestIn(folder))));
  }

  /** Offers the package of a folder. */
  #add(folder: string, tarball: Buffer): void {
    const own = manifestIn(folder);
    const { name, version, dependencies = {} } = own;
    const file = fileOf(own);
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
    const listed = JSON.parse(this.#answers.get(`/${name}`)?.toString() ?? "{}");
    const versions = { ...listed.versions, [version]: manifest };
    const latest = Object.keys(versions)
      .sort(new Intl.Collator("en", { numeric: true }).compare)
      .at(-1);
    const listing = { name, "dist-tags": { latest }, versions };
    this.#answers.set(`/${file}`, tarball);
    this.#answers.set(`/${name}`, Buffer.from(JSON.stringify(listing)));
  }
}

const fileOf = ({ name, version }: Manifest) => `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;

/** The tarball of a package that was installed: its files are those that were published. */
async function packForeign(folder: string): Promise<Buffer> {
  const options = { encoding: "buffer", maxBuffer: 64 * 1024 * 1024 } as const;
  const args = [
    "-cz",
    "--hard-dereference",
    "--exclude=./node_modules",
    "--transform=s,^\\.,package,",
    "-C",
    folder,
    ".",
  ];
  return (await promisify(execFile)("tar", args, options)).stdout;
}
