/** The anchor of a heading, as GitHub writes it. */
export function anchorOf(heading) {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_ -]/gu, "")
    .replaceAll(" ", "-");
}

/** Links that lead to a page here: to the web, a heading, or a document. */
const hasPage = (href) => /^(https?:|#)|\.md(#.*)?$/.test(href);

/** A link to the folder of a package. */
const isPackage = (href) => /^\.\.\/[\w-]+$|packages\/[\w-]+$/.test(href);

/** Leads links of packages to their pages, and takes links to sources off their text: the site has no sources. */
function linksForPages(md) {
  md.core.ruler.push("links-for-pages", ({ tokens }) => {
    for (const inline of tokens.filter(({ type }) => type === "inline")) {
      let isDropped = false;
      inline.children = inline.children.filter((token) => {
        if (token.type === "link_open") {
          const href = token.attrGet("href");
          isDropped = !hasPage(href) && !isPackage(href);
          if (isPackage(href)) token.attrSet("href", `${href}/README.md`);
        }
        return !(isDropped && /^link_/.test(token.type));
      });
    }
  });
}

/** Comments tell the tests how to run the programs of a document. */
function noComments(md) {
  md.core.ruler.before("block", "no-comments", (state) => {
    state.src = state.src.replace(/^<!-- .* -->$/gm, "");
  });
}

/** Draws the blocks that GitHub draws as well. */
function diagrams(md) {
  const { fence } = md.renderer.rules;
  md.renderer.rules.fence = (tokens, index, ...rest) => {
    const { info, content } = tokens[index];
    if (info.trim() !== "mermaid") return fence(tokens, index, ...rest);
    return `<MermaidDiagram source="${md.utils.escapeHtml(content)}" />`;
  };
}

/** Prepares the documents, which are written for readers of the repository, for pages. */
export function preparedForPages(md) {
  noComments(md);
  linksForPages(md);
  diagrams(md);
}
