// Runs on each version of Node that we promise to work on, one after the other: the tests of the packages, those through proxies,
// hostile ones of handshakes, certificates and compression, and those that find code which a version runs far too slowly.
// Each version comes as the npm package `node`, which npm keeps. Versions as arguments run those alone:
// `node scripts/test-matrix.mjs 24.21.0`, on packages that are built.
import { execFileSync, spawnSync } from "node:child_process";
import { dirname } from "node:path";

/** The first version that we promise, and the newest of each line; exact, so that npm keeps them and asks nobody again. */
const VERSIONS = ["20.19.0", "22.23.3", "24.21.0", "26.10.0"];
const VITEST = "node_modules/vitest/vitest.mjs";
const RUNS = [
  ["--project", "!e2e*"],
  ["--project", "e2e-proxies"],
  ["--project", "e2e-hostile", "handshakes", "certificate-reloads", "decompression-bombs"],
  ["--project", "e2e-speed"],
];

const given = process.argv.slice(2);
const failed = (given.length > 0 ? given : VERSIONS).filter((version) => !passesOn(version));
if (failed.length > 0) {
  console.error(`failed on Node ${failed.join(", ")}`);
  process.exitCode = 1;
}

function passesOn(version) {
  const node = execFileSync("npx", ["--yes", `node@${version}`, "-p", "process.execPath"], { encoding: "utf8" }).trim();
  const env = {
    ...process.env,
    // What the tests start themselves runs on this version too.
    PATH: `${dirname(node)}:${process.env.PATH}`,
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ""} --unhandled-rejections=strict`,
  };
  return RUNS.every((args) => {
    console.log(`\nNode ${version}: vitest run ${args.join(" ")}`);
    return spawnSync(node, [VITEST, "run", ...args], { stdio: "inherit", env }).status === 0;
  });
}
