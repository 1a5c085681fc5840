import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { chartsOf } from "./charts-of-results.mjs";
import { markdownTables, slowerLines } from "./markdown-tables.mjs";

const page = new URL("../../../docs/performance.md", import.meta.url);
const charts = new URL("../../../docs/charts/", import.meta.url);
const BEGIN = "<!-- results: written by `pnpm bench --write-docs` -->";
const END = "<!-- end of results -->";

/** Writes the figures between the page's markers, and the charts. */
export function writePerformancePage(results) {
  const text = readFileSync(page, "utf8");
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin === -1 || end < begin) throw new Error(`docs/performance.md has lost its marker ${BEGIN} or ${END}`);
  const images = chartsOf(results);
  const section = resultsSection(results, images);
  writeFileSync(page, `${text.slice(0, begin + BEGIN.length)}\n\n${section}\n\n${text.slice(end)}`);
  mkdirSync(charts, { recursive: true });
  for (const { file, svg } of images) writeFileSync(new URL(file, charts), svg);
}

function resultsSection({ machine, benchmarks, quick, takenAt }, images) {
  const { cpu, cores, pinned, system, node, versions } = machine;
  const slower = slowerLines(benchmarks);
  return [
    `Taken on ${takenAt.slice(0, 10)}, ${cpu} (${cores} cores${pinned ? ", server and load on one each" : ", not pinned"}), ` +
      `${system}, Node ${node}; ${Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(", ")}.` +
      (quick ? " **A quick run: few short rounds, no figures to rely on.**" : ""),
    "",
    "## Where we are slower",
    "",
    ...(slower.length > 0 ? slower : ["Nowhere in this run."]),
    ...benchmarks.flatMap(({ name, title, about, takenAt: partTakenAt = takenAt, tables }) => [
      "",
      `## ${title}`,
      "",
      about + (partTakenAt === takenAt ? "" : ` Taken in a run of its own, on ${partTakenAt.slice(0, 10)}.`),
      "",
      ...images
        .filter(({ benchmark }) => benchmark === name)
        .flatMap(({ file, title }) => [`![${title}](charts/${file})`, ""]),
      markdownTables(tables),
    ]),
  ].join("\n");
}
