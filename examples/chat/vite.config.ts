import { defineConfig } from "vite";

/** The page, for browsers: `server/` serves what it makes. */
export default defineConfig({
  root: "page",
  base: "./",
  build: {
    outDir: "../dist/page",
    emptyOutDir: true,
    target: "es2022",
    // The policy of the page forbids `data:` addresses; its browsers need no polyfill.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
