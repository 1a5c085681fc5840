import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, it } from "vitest";
import { documents } from "./support/code-blocks.js";
import { root } from "./support/program.js";

/** The anchors of a document: its headings, as GitHub writes them. */
function anchorsOf(path: string): string[] {
  const headings = readFileSync(path, "utf8").matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, "")
      .replaceAll(" ", "-"),
  );
}

it.each(documents)("every link of %s to this repository leads to something", (document) => {
  const links = readFileSync(join(root, document), "utf8").matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g);
  for (const [link, target, anchor] of links) {
    const path = target ? join(root, dirname(document), target) : join(root, document);
    expect(existsSync(path), `${link}: ${relative(root, path)} exists`).toBe(true);
    if (anchor !== undefined) expect(anchorsOf(path), link).toContain(anchor);
  }
});
