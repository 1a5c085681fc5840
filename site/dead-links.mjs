// Fails if a link or picture of the built site leads to nothing. VitePress checks the documents, before their names change.
import { readdirSync, readFileSync } from "node:fs";
import { extname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";

const dist = fileURLToPath(new URL("dist", import.meta.url));
const files = new Set(readdirSync(dist, { recursive: true }).map((file) => file.replaceAll("\\", "/")));
const pages = new Map(
  [...files].filter((file) => extname(file) === ".html").map((file) => [file, readFileSync(join(dist, file), "utf8")]),
);
const anchors = new Map([...pages].map(([file, html]) => [file, new Set(valuesOf(html, / id="([^"]*)"/g))]));

function valuesOf(html, attribute) {
  return [...html.matchAll(attribute)].map(([, value]) => value.replaceAll("&amp;", "&"));
}

function isDead(from, link) {
  const [path, anchor] = decodeURIComponent(link).split("#");
  const file = path === "" ? from : posix.join(path.startsWith("/") ? "" : posix.dirname(from), path);
  const target = file.replace(/^\//, "").replace(/(^|\/)$/, "$1index.html");
  if (!files.has(target)) return true;
  // Of names that stand twice on a page of the reference, its generator gives some an anchor too much.
  return Boolean(anchor) && !target.startsWith("api/") && !anchors.get(target)?.has(anchor);
}

const dead = [...pages].flatMap(([file, html]) =>
  valuesOf(html, / (?:href|src|srcset)="([^"]*)"/g)
    .filter((link) => !/^(https?|data):/.test(link) && isDead(file, link))
    .map((link) => `${file}: ${link}`),
);
for (const line of dead) console.error(line);
if (dead.length > 0) process.exit(1);
