import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { chartsOf } from "./charts-of-results.mjs";
import { comparisonsByNode, markdownTables, slowerLines } from "./markdown-tables.mjs";

const docs = new URL("../../../docs/", import.meta.url);
const BEGIN = "<!-- results: written by `pnpm bench --write-docs` -->";
const END = "<!-- end of results -->";

/**
 * What the documents say of results: their files in `docs/`, with their content.
 *
 * @param results of `keptResults`: the first are those whose figures are shown, the others are compared
 */
export function performancePages(results) {
  const [shown] = results;
  const images = chartsOf(shown);
  return [
    { file: "performance.md", content: withSection("performance.md", comparisonSection(results)) },
    { file: "performance-figures.md", content: withSection("performance-figures.md", figuresSection(shown, images)) },
    ...images.map(({ file, svg }) => ({ file: `charts/${file}`, content: svg })),
  ];
}

/** Writes {@link performancePages}. */
export function writePerformancePages(results) {
  mkdirSync(new URL("charts/", docs), { recursive: true });
  for (const { file, content } of performancePages(results)) writeFileSync(new URL(file, docs), content);
}

/** The page with the section between its markers. */
function withSection(file, section) {
  const text = readFileSync(new URL(file, docs), "utf8");
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin === -1 || end < begin) throw new Error(`docs/${file} has lost its marker ${BEGIN} or ${END}`);
  return `${text.slice(0, begin + BEGIN.length)}\n\n${section}\n\n${text.slice(end)}`;
}

function comparisonSection(results) {
  const [shown] = results;
  const slower = slowerLines(shown.benchmarks);
  return [
    `On ${machineText(shown)}. Medians; "0.95 × speed" means 0.95 messages in the CPU time that the other needs for one, and ` +
      '"1.10 × cost" 1.1 times its CPU time or memory. A figure in bold misses its target.',
    "",
    comparisonsByNode(results),
    "",
    "## Where we are slower",
    "",
    `On Node ${shown.machine.node}:`,
    "",
    ...(slower.length > 0 ? slower : ["Nowhere in this run."]),
  ].join("\n");
}

function figuresSection({ takenAt, machine, benchmarks }, images) {
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  return [
    `Taken on ${takenAt.slice(0, 10)}, ${machineText({ machine })}, Node ${machine.node}; ${versions.join(", ")}.`,
    ...benchmarks.flatMap(({ name, title, about, takenAt: partTakenAt, tables }) => [
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

function machineText({ machine: { cpu, cores, pinned, system } }) {
  return `${cpu} (${cores} cores${pinned ? ", server and load on one each" : ", not pinned"}), ${system}`;
}
