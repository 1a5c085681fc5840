// Changes the code of framing and headers in one place at a time, and runs the tests that run this place: one must fail.
// `node scripts/mutation/main.mjs part-of-a-path…` does so with some files only. Fails if a mutant survives that
// equivalent-mutants.mjs does not name, and if a mutant that it names is caught.
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { Stryker } from "@stryker-mutator/core";
import { equivalentMutants } from "./equivalent-mutants.mjs";
import { mutatedFiles } from "./mutated-files.mjs";

const parts = process.argv.slice(2);
const files = mutatedFiles.filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)));

const mutants = await new Stryker({
  mutate: files,
  // Texts are those of errors: their codes are compared with docs/errors.md.
  mutator: { excludedMutations: ["StringLiteral"] },
  testRunner: "vitest",
  plugins: ["@stryker-mutator/vitest-runner"],
  vitest: { configFile: "scripts/mutation/vitest.config.ts" },
  coverageAnalysis: "perTest",
  ignorePatterns: ["node_modules", "dist"],
  concurrency: Number(process.env.MUTATION_WORKERS ?? availableParallelism()),
  reporters: ["progress-append-only"],
  warnings: { slow: false },
  allowConsoleColors: false,
}).runMutationTest();

const faults = [];
const rows = files.map((file) => {
  const source = readFileSync(file, "utf8").split("\n");
  const ofFile = mutants.filter(({ fileName, status }) => fileName.endsWith(file) && status !== "Ignored");
  const survivors = ofFile.filter(({ status }) => status === "Survived" || status === "NoCoverage");
  const equivalent = new Set(equivalentMutants[file]?.flatMap(({ mutants }) => mutants));
  const unnamed = survivors.filter((mutant) => !equivalent.has(nameOf(mutant, source)));
  for (const mutant of unnamed) {
    faults.push(`${file}:${mutant.location.start.line}: no test fails with ${nameOf(mutant, source)}`);
  }
  // What is only slower may take too long.
  const tolerated = ofFile.filter((mutant) => survivors.includes(mutant) || mutant.status === "Timeout");
  for (const name of equivalent) {
    if (tolerated.some((mutant) => nameOf(mutant, source) === name)) continue;
    faults.push(`${file}: a test fails with what equivalent-mutants.mjs names, or it is gone: ${name}`);
  }
  return {
    file,
    mutants: ofFile.length,
    caught: ofFile.length - survivors.length,
    equivalent: survivors.length - unnamed.length,
    survived: unnamed.length,
  };
});

console.table(rows);
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;

/** The line where it begins, with what is changed in brackets. */
function nameOf({ location: { start, end }, replacement }, source) {
  const line = source[start.line - 1];
  const endColumn = start.line === end.line ? end.column - 1 : line.length;
  const changed = `${line.slice(start.column - 1, endColumn)} → ${replacement}`;
  return `${line.slice(0, start.column - 1)}[${changed}]${line.slice(endColumn)}`.replaceAll(/\s+/g, " ").trim();
}
