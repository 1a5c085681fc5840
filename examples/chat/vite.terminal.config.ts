import { defineConfig } from "vite";

/** The terminal client, for Node. Packages stay where they are installed. */
export default defineConfig({
  build: {
    ssr: "terminal/main.ts",
    outDir: "dist/terminal",
    target: "node20",
  },
  ssr: { external: true },
});
