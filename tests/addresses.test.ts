import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "./support/program.js";

/** Whose pages a README or a package may point at: those that others own, and that we name as theirs. */
const known = [
  "https://github.com/websockets/ws",
  "https://github.com/klintcheng/kim",
  "https://biomejs.dev/schemas/",
  "https://api-extractor.com/",
  "http://www.w3.org/2000/svg",
];

/** Names that nobody owns (RFC 2606, RFC 6761), this machine, and names without a dot, as configurations of proxies have them. */
const reserved =
  /^[a-z]+:\/\/([\w-]*|[^/]*\.example|[^/]*example\.(com|org|net)|127\.0\.0\.1|[^/]*\.test)(:\d+)?([;/]|$)/;

const files = execFileSync("git", ["ls-files", "*.md", "*package.json", "biome.json"], { cwd: root, encoding: "utf8" });

it.each(files.trim().split("\n"))("%s points at no address that is not known", (file) => {
  const text = readFileSync(join(root, file), "utf8");
  const addresses = text.match(/\b(git\+)?https?:\/\/[^\s)>"'`\]]+/g) ?? [];
  const unknown = addresses.filter((address) => !reserved.test(address) && !known.some((k) => address.startsWith(k)));
  expect(unknown).toEqual([]);
  // Without a protocol too: "github:owner/name" is an address for npm.
  expect(text).not.toMatch(/"(github|gitlab|bitbucket):|git@/);
});
