import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const simulate = fileURLToPath(new URL("../simulate.mjs", import.meta.url));
const SEEDS = 300;

it(`no rule is broken in the worlds of ${SEEDS} seeds`, { timeout: 600_000 }, async () => {
  const running = promisify(execFile)(process.execPath, [simulate, "--count", `${SEEDS}`]);
  const { stdout } = await running.catch((failed: { readonly stdout: string }) => failed);
  expect(stdout).toMatch(/: 0 break a rule\n$/);
});
