import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

/** The figures of the documents: a file for each major version of Node. */
const folder = new URL("../kept/", import.meta.url);
const fileOf = (major) => new URL(`node-${major}.json`, folder);

/** Keeps what was measured; the parts that were not measured this time stay as they are. */
export function keep({ machine, takenAt, benchmarks }, suite) {
  const major = machine.node.split(".")[0];
  const file = fileOf(major);
  const before = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).benchmarks : [];
  const parts = new Map([...before, ...benchmarks].map((benchmark) => [benchmark.name, benchmark]));
  const inOrder = suite.flatMap(({ name }) => parts.get(name) ?? []);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, textOf({ takenAt, machine, benchmarks: inOrder }));
}

/** JSON with a line for each part. */
function textOf({ takenAt, machine, benchmarks }) {
  const head = JSON.stringify({ takenAt, machine }).slice(0, -1);
  const parts = benchmarks.map((part) => JSON.stringify(part)).join(",\n");
  return `${head}, "benchmarks": [\n${parts}\n]}\n`;
}

/** What is kept, the oldest Node first. */
export function keptResults() {
  const majors = readdirSync(folder).map((name) => Number(/^node-(\d+)\.json$/.exec(name)?.[1]));
  return majors.sort((one, other) => one - other).map((major) => JSON.parse(readFileSync(fileOf(major), "utf8")));
}
