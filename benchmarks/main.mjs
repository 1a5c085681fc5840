// Measures this family beside what else there is:
//   pnpm bench [--quick] [--only NAME]… [--rounds N] [--node VERSION] [--write-docs]
// Prints tables, writes results/latest.json and the charts beside it; with --write-docs also docs/performance.md and
// the charts that it shows. With --only, the parts take the places of those of the last whole run. With --node, all runs on that version
// of Node, which npm fetches.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { describeMachine } from "./src/machine.mjs";
import { progressLine } from "./src/progress-line.mjs";
import { chartsOf } from "./src/report/charts-of-results.mjs";
import { writePerformancePage } from "./src/report/performance-page.mjs";
import { terminalTable } from "./src/report/terminal-tables.mjs";
import { settingsOf } from "./src/settings.mjs";
import { broadcast } from "./src/suite/broadcast.mjs";
import { client } from "./src/suite/client.mjs";
import { cluster } from "./src/suite/cluster.mjs";
import { codecs } from "./src/suite/codec.mjs";
import { connectStorm } from "./src/suite/connect-storm.mjs";
import { echo } from "./src/suite/echo.mjs";
import { framing } from "./src/suite/framing.mjs";
import { gateway } from "./src/suite/gateway.mjs";
import { idleMemory } from "./src/suite/idle-memory.mjs";
import { latency } from "./src/suite/latency.mjs";
import { pushes } from "./src/suite/pushes.mjs";
import { tls } from "./src/suite/tls.mjs";

const suite = [
  codecs,
  framing,
  echo,
  tls,
  gateway,
  client,
  broadcast,
  pushes,
  latency,
  idleMemory,
  connectStorm,
  cluster,
];

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string", multiple: true },
    rounds: { type: "string" },
    node: { type: "string" },
    "write-docs": { type: "boolean", default: false },
  },
});
const names = suite.map(({ name }) => name);
const wrong = options.only?.find((name) => !names.includes(name));
if (wrong !== undefined) throw new Error(`--only takes ${names.join(", ")}; there is no ${wrong}`);
const rounds = options.rounds === undefined ? undefined : Number(options.rounds);
if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0))
  throw new Error("--rounds takes a number above 0");

if (options.node !== undefined) runOnNode(options.node);

const settings = settingsOf({ quick: options.quick, rounds });
const folder = new URL("./results/", import.meta.url);
const resultsFile = new URL("latest.json", folder);
const takenAt = new Date().toISOString();
const results = {
  takenAt,
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
  results.benchmarks.push({ name, title, about, takenAt, tables });
}

if (options.only && options["write-docs"]) putIntoLastRun(results);
mkdirSync(folder, { recursive: true });
writeFileSync(resultsFile, `${JSON.stringify(results)}\n`);
for (const { file, svg } of chartsOf(results)) writeFileSync(new URL(file, folder), svg);
console.log("\nwritten: benchmarks/results/latest.json and charts");
if (options["write-docs"]) {
  writePerformancePage(results);
  console.log("written: docs/performance.md and docs/charts");
}

/** Runs this program once more on another Node, with the other options, and ends as it does. */
function runOnNode(version) {
  const args = process.argv.slice(2).filter((arg, i, all) => !/^--node(=|$)/.test(arg) && all[i - 1] !== "--node");
  const { status } = spawnSync("npx", ["--yes", `node@${version}`, process.argv[1], ...args], { stdio: "inherit" });
  process.exit(status ?? 1);
}

/** Adds what was not run from the last whole run, whose place the results take. */
function putIntoLastRun(results) {
  const last = JSON.parse(readFileSync(resultsFile, "utf8"));
  if (last.quick || last.benchmarks.length < suite.length) throw new Error("there is no whole run to put this into");
  const fresh = new Map(results.benchmarks.map((benchmark) => [benchmark.name, benchmark]));
  results.benchmarks = last.benchmarks.map((benchmark) => fresh.get(benchmark.name) ?? benchmark);
  results.takenAt = last.takenAt;
}
