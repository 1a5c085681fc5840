import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

/** The figures of the documents: a file for each major version of Node. */
const folder = new URL("../kept/", import.meta.url);
const fileOf = (major) => new URL(`node-${major}.json`, folder);

/** Keeps what was measured; the parts that were not measured this time stay, if they are of the same machine and versions. */
export function keep({ machine, takenAt, benchmarks }, suite) {
  const major = machine.node.split(".")[0];
  const file = fileOf(major);
  const kept = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
  const before = kept && originOf(kept.machine) === originOf(machine) ? kept.benchmarks : [];
  const parts = new Map([...before, ...benchmarks].map((benchmark) => [benchmark.name, benchmark]));
  const inOrder = suite.flatMap(({ name }) => parts.get(name) ?? []);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, textOf({ takenAt, machine, benchmarks: inOrder }));
}

/** What figures must share to stand in one table. */
function originOf({ cpu, cores, system, node, versions }) {
  return JSON.stringify([cpu, cores, system, node, versions]);
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
