// Lets pages that have no types of Node read the declarations of the package in this folder: `wsDialer` of
// `@im/transport-ws` serves them, its options name types of Node and of `@im/transport-core/node`, and an import of
// `node:http` that cannot be found would be an error. Where Node's types are installed, nothing changes.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

for (const name of readdirSync("dist").filter((name) => /\.d\.c?ts$/.test(name))) {
  const file = join("dist", name);
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace(/^import .* from 'node:/gm, "// @ts-ignore: a page has no types of Node\n$&"));
}
