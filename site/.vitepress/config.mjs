import { readdirSync } from "node:fs";
import { defineConfig } from "vitepress";
import { anchorOf, preparedForPages } from "./markdown.mjs";
import { copyMermaid } from "./mermaid-files.mjs";

const page = (name, text) => ({ text, link: `/docs/${name}` });

/** The pages of the API, by the name by which each entry is imported. */
const entryPages = () =>
  readdirSync(new URL("../api/@im", import.meta.url), { recursive: true })
    .filter((file) => file.endsWith(".md"))
    .map((file) => `@im/${file.replace(/\.md$/, "").replaceAll("\\", "/")}`)
    .sort()
    .map((name) => ({ text: name, link: `/api/${name}` }));

export default defineConfig({
  title: "@im",
  description: "Chat servers and clients in TypeScript, over WebSocket and TCP alike",
  head: [["link", { rel: "icon", href: "data:," }]],
  // The documents stay where a reader of the repository finds them.
  srcDir: "..",
  srcExclude: ["**/node_modules/**", "README.md", ".*/**", "**/*.api.md", "examples/**", "benchmarks/**"],
  rewrites: {
    "site/index.md": "index.md",
    "site/api/:path*": "api/:path*",
  },
  outDir: "dist",
  cacheDir: "cache",
  // `im.ext:<name>` and `{1 key string}` are text, no HTML and no attributes.
  markdown: {
    html: false,
    attrs: { disable: true },
    anchor: { slugify: anchorOf },
    theme: { light: "github-light-high-contrast", dark: "github-dark-default" },
    languageAlias: { hex: "ini", haproxy: "nginx", caddyfile: "nginx" },
    config: preparedForPages,
  },
  buildEnd: copyMermaid,
  transformPageData: ({ relativePath, frontmatter }) => {
    // The names of what a package exports, without the parts of each.
    if (relativePath.startsWith("api/")) frontmatter.outline = [2, 3];
  },
  themeConfig: {
    search: { provider: "local" },
    outline: "deep",
    nav: [
      { text: "Start", link: "/docs/getting-started" },
      { text: "Concepts", link: "/docs/concepts" },
      { text: "API", link: "/api/" },
    ],
    sidebar: [
      {
        text: "Start",
        items: [
          page("getting-started", "An echo in five minutes"),
          page("concepts", "Concepts"),
          page("pages", "A chat in a page"),
          page("chat-tutorial", "A chat in twenty minutes"),
          page("migrating", "From ws, Socket.IO, kim"),
        ],
      },
      {
        text: "Guide",
        items: [
          page("client", "The client"),
          page("gateway", "The gateway"),
          page("chat", "The chat"),
          page("services", "Finding gateways"),
          page("commands", "Commands"),
        ],
      },
      {
        text: "In production",
        items: [
          page("operations", "Operations"),
          page("cluster", "Many gateways"),
          page("deploys", "Deploys"),
          page("behind-a-proxy", "Behind a proxy"),
          page("tls", "TLS"),
          page("limits", "Limits"),
          page("performance", "Performance"),
          page("performance-figures", "All figures"),
          page("performance-codecs", "Codecs and framing"),
          page("threats", "Threats"),
          { text: "Security", link: "/SECURITY" },
        ],
      },
      {
        text: "Reference",
        items: [
          page("errors", "Errors"),
          page("protocol", "Protocol"),
          page("conformance", "Conformance"),
          page("writing-a-transport", "Writing a transport"),
          page("drivers-and-listeners", "Drivers and listeners"),
          page("simulation", "Simulation"),
          page("from-the-seed", "From the seed"),
          { text: "Architecture", link: "/ARCHITECTURE" },
        ],
      },
      { text: "API", link: "/api/", collapsed: true, items: entryPages() },
    ],
  },
});
