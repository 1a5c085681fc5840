// Measures this family beside what else there is:
//   pnpm bench [--quick] [--only NAME]… [--rounds N] [--write-docs]
// Prints tables, writes results/latest.json and the charts beside it; with --write-docs also docs/performance.md and
// the charts that it shows.
import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { describeMachine } from "./src/machine.mjs";
import { progressLine } from "./src/progress-line.mjs";
import { chartsOf } from "./src/report/charts-of-results.mjs";
import { writePerformancePage } from "./src/report/performance-page.mjs";
import { terminalTable } from "./src/report/terminal-tables.mjs";
import { settingsOf } from "./src/settings.mjs";
import { broadcast } from "./src/suite/broadcast.mjs";
import { codecs } from "./src/suite/codec.mjs";
import { connectStorm } from "./src/suite/connect-storm.mjs";
import { echo } from "./src/suite/echo.mjs";
import { framing } from "./src/suite/framing.mjs";
import { idleMemory } from "./src/suite/idle-memory.mjs";
import { latency } from "./src/suite/latency.mjs";

const suite = [codecs, framing, echo, broadcast, latency, idleMemory, connectStorm];

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string", multiple: true },
    rounds: { type: "string" },
    "write-docs": { type: "boolean", default: false },
  },
});
const names = suite.map(({ name }) => name);
const wrong = options.only?.find((name) => !names.includes(name));
if (wrong !== undefined) throw new Error(`--only takes ${names.join(", ")}; there is no ${wrong}`);
if (options.only && options["write-docs"]) throw new Error("--write-docs needs a whole run, without --only");
const rounds = options.rounds === undefined ? undefined : Number(options.rounds);
if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0))
  throw new Error("--rounds takes a number above 0");

const settings = settingsOf({ quick: options.quick, rounds });
const results = {
  takenAt: new Date().toISOString(),
  quick: options.quick,
  machine: describeMachine(),
  settings,
  benchmarks: [],
};
for (const { name, title, about, run } of suite) {
  if (options.only && !options.only.includes(name)) continue;
  console.log(`\n━━ ${title} ━━  ${about}`);
  const tables = await run({ ...settings, progress: progressLine });
  progressLine("");
  for (const table of tables) console.log(terminalTable(table));
  results.benchmarks.push({ name, title, about, tables });
}

const folder = new URL("./results/", import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL("latest.json", folder), `${JSON.stringify(results)}\n`);
for (const { file, svg } of chartsOf(results)) writeFileSync(new URL(file, folder), svg);
console.log("\nwritten: benchmarks/results/latest.json and charts");
if (options["write-docs"]) {
  writePerformancePage(results);
  console.log("written: docs/performance.md and docs/charts");
}
