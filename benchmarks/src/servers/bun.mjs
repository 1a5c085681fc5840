import { createRequire } from "node:module";

/** The path of Bun, a runtime of its own; undefined where it is not installed for this machine. */
export const bun = findBun();

function findBun() {
  const system = `${process.platform}-${process.arch === "arm64" ? "aarch64" : process.arch}`;
  try {
    // The package of the binary is one that `bun` depends on.
    const { resolve } = createRequire(createRequire(import.meta.url).resolve("bun/package.json"));
    return resolve(`@oven/bun-${system}/bin/bun`);
  } catch {
    return undefined;
  }
}
