import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chartsOf } from "./charts-of-results.mjs";
import { comparisonsByNode, markdownTables, slowerLines } from "./markdown-tables.mjs";

const docs = new URL("../../../docs/", import.meta.url);
const BEGIN = "<!-- results: written by `pnpm bench --write-docs` -->";
const END = "<!-- end of results -->";

/** The parts that time functions in a process of their own; all others are measured over sockets. */
const IN_PROCESS = ["codec", "framing"];

const biome = createRequire(import.meta.url).resolve("@biomejs/biome/bin/biome");

/**
 * What the documents say of results: their files in `docs/`, with their content, formatted as `pnpm fix` does.
 *
 * @param results of `keptResults`: the first are those whose figures are shown, the others are compared
 */
function performancePages(results) {
  const [shown] = results;
  const images = chartsOf(shown);
  const isInProcess = ({ name }) => IN_PROCESS.includes(name);
  const isOverSockets = (part) => !isInProcess(part);
  return [
    pageWith("performance.md", comparisonSection(results)),
    pageWith("performance-figures.md", figuresSection(shown, isOverSockets, images)),
    pageWith("performance-codecs.md", figuresSection(shown, isInProcess, images)),
    ...images.map(({ file, svg }) => ({ file: `charts/${file}`, content: svg })),
  ];
}

/** Writes {@link performancePages}. */
export function writePerformancePages(results) {
  mkdirSync(new URL("charts/", docs), { recursive: true });
  for (const { file, content } of performancePages(results)) writeFileSync(new URL(file, docs), content);
}

/** The files of {@link performancePages} that do not have its content. */
export function differingPages(results) {
  const isDifferent = ({ file, content }) =>
    !existsSync(new URL(file, docs)) || readFileSync(new URL(file, docs), "utf8") !== content;
  return performancePages(results)
    .filter(isDifferent)
    .map(({ file }) => file);
}

/** The page with the section between its markers. */
function pageWith(file, section) {
  const text = readFileSync(new URL(file, docs), "utf8");
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin === -1 || end < begin) throw new Error(`docs/${file} has lost its marker ${BEGIN} or ${END}`);
  const content = `${text.slice(0, begin + BEGIN.length)}\n\n${section}\n\n${text.slice(end)}`;
  return { file, content: formatted(`docs/${file}`, content) };
}

function formatted(path, content) {
  return execFileSync(process.execPath, [biome, "format", "--stdin-file-path", path], {
    input: content,
    encoding: "utf8",
  });
}

function comparisonSection(results) {
  const [shown] = results;
  const machine = machineText(shown);
  if (results.some((result) => machineText(result) !== machine))
    throw new Error(
      "benchmarks/kept has figures of several machines: measure all versions of Node on one, or remove a file",
    );
  const slower = slowerLines(results);
  return [
    `Taken on ${dayOf(shown.takenAt)}, on ${machine}. Medians; "0.95 × speed" means 0.95 messages in the CPU time that the ` +
      'other needs for one, and "1.10 × cost" 1.1 times its CPU time or memory. A figure in bold misses its target; an empty cell was ' +
      "not measured; void means that no round counts.",
    "",
    comparisonsByNode(results),
    "",
    "## Where we are slower",
    "",
    ...(slower.length > 0 ? slower : ["Nowhere in this run."]),
  ].join("\n");
}

function figuresSection({ takenAt, machine, benchmarks }, isShown, images) {
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  return [
    `Taken on ${dayOf(takenAt)}, ${machineText({ machine })}, Node ${machine.node}; ${versions.join(", ")}.`,
    ...benchmarks
      .filter(isShown)
      .flatMap(({ name, title, about, takenAt: partTakenAt, tables }) => [
        "",
        `## ${title}`,
        "",
        about + (dayOf(partTakenAt) === dayOf(takenAt) ? "" : ` Taken in a run of its own, on ${dayOf(partTakenAt)}.`),
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

function dayOf(time) {
  return time.slice(0, 10);
}
