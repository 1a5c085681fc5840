import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "./program.js";

const execute = promisify(execFile);

/** The packages and paths in this repository's settings for pnpm do not concern the folders where tests run it. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm|pnpm)_config_/i.test(name)));

const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const { npm_execpath } = process.env;

/** Runs npm in a folder. */
export async function npm(cwd: string, ...args: string[]): Promise<string> {
  return (await execute("npm", args, { cwd, env })).stdout;
}

/** Runs the pnpm that runs the tests, or else the version that this repository uses. */
export async function pnpm(cwd: string, ...args: string[]): Promise<string> {
  const [command, ...first] = npm_execpath?.includes("pnpm")
    ? [process.execPath, npm_execpath]
    : ["npx", "--yes", packageManager];
  return (await execute(command, [...first, ...args], { cwd, env })).stdout;
}
