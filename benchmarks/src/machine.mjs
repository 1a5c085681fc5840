import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os";
import { join } from "node:path";
import { pinned } from "./core-pinning.mjs";

const peers = [
  "ws",
  "bun",
  "socket.io",
  "socket.io-client",
  "@socket.io/redis-adapter",
  "redis",
  "@bufbuild/protobuf",
  "protobufjs",
];
const { paths } = createRequire(import.meta.url).resolve;

/** What the figures were taken on. */
export function describeMachine() {
  return {
    cpu: cpus()[0]?.model ?? "unknown processor",
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${type()} ${release()}`,
    node: process.versions.node,
    pinned,
    loadAverage: loadavg()[0],
    versions: Object.fromEntries(peers.map((name) => [name, versionOf(name)])),
  };
}

/** Read from the file, because not every package exports its package.json. */
function versionOf(name) {
  for (const folder of paths(name)) {
    try {
      return JSON.parse(readFileSync(join(folder, name, "package.json"), "utf8")).version;
    } catch {
      // Looked for in the next folder up.
    }
  }
  return "unknown";
}
