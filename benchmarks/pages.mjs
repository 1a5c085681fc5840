// Writes the figures that are kept into docs/performance.md, the pages of its tables and their charts; with --check says which of
// them differ from what is kept, and changes nothing.
import { parseArgs } from "node:util";
import { keptResults } from "./src/kept-results.mjs";
import { differingPages, writePerformancePages } from "./src/report/performance-pages.mjs";

const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });
if (values.check) {
  const differing = differingPages(keptResults());
  for (const file of differing) {
    console.error(`docs/${file} does not say what benchmarks/kept holds: run node benchmarks/pages.mjs`);
  }
  process.exitCode = differing.length > 0 ? 1 : 0;
} else {
  writePerformancePages(keptResults());
}
