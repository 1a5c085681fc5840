// Measures this family beside what else there is:
//   pnpm bench [--quick] [--only NAME]… [--rounds N] [--node VERSION] [--write-docs]
// Prints tables, writes results/latest.json and the charts beside it. With --write-docs, keeps the figures in kept/, and writes
// the pages and charts of docs/ from what is kept. With --node, all runs on that version of Node, which npm fetches.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { keep, keptResults } from "./src/kept-results.mjs";
import { describeMachine } from "./src/machine.mjs";
import { progressLine } from "./src/progress-line.mjs";
import { chartsOf } from "./src/report/charts-of-results.mjs";
import { writePerformancePages } from "./src/report/performance-pages.mjs";
import { terminalTable } from "./src/report/terminal-tables.mjs";
import { settingsOf } from "./src/settings.mjs";
import { broadcast } from "./src/suite/broadcast.mjs";
import { client } from "./src/suite/client.mjs";
import { cluster } from "./src/suite/cluster.mjs";
import { codecs } from "./src/suite/codec.mjs";
import { commonJs } from "./src/suite/commonjs.mjs";
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
  commonJs,
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

if (options.quick && options["write-docs"]) throw new Error("--quick gives no figures for documents");
if (options.node !== undefined) runOnNode(options.node);

const settings = settingsOf({ quick: options.quick, rounds });
const folder = new URL("./results/", import.meta.url);
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

mkdirSync(folder, { recursive: true });
writeFileSync(new URL("latest.json", folder), `${JSON.stringify(results)}\n`);
for (const { file, svg } of chartsOf(results)) writeFileSync(new URL(file, folder), svg);
console.log("\nwritten: benchmarks/results/latest.json and charts");
if (options["write-docs"]) {
  keep(results, suite);
  writePerformancePages(keptResults());
  console.log("written: docs/performance.md, the pages of its tables, and docs/charts");
}

/** Runs this program once more on another Node, with the other options, and ends as it does. */
function runOnNode(version) {
  const args = process.argv.slice(2).filter((arg, i, all) => !/^--node(=|$)/.test(arg) && all[i - 1] !== "--node");
  const { status } = spawnSync("npx", ["--yes", `node@${version}`, process.argv[1], ...args], { stdio: "inherit" });
  process.exit(status ?? 1);
}
