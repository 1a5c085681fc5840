import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "./support/program.js";

const files = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" }).trim().split("\n");

it("no source or document is longer than 300 lines", () => {
  const exempt =
    /(^|\/)(test|tests|fixtures)\/|\/src\/gen\/|^pnpm-lock\.yaml$|\.png$|\.binpb$|\.api\.md$|CHANGELOG\.md$/;
  const long = files
    .filter((file) => !exempt.test(file))
    .map((file) => ({ file, lines: readFileSync(join(root, file), "utf8").split("\n").length - 1 }))
    .filter(({ lines }) => lines > 300);
  expect(long).toEqual([]);
});

it("no file has a name that could stand in any project", () => {
  expect(files.filter((file) => /(^|\/)(utils?|helpers?|types|common|misc|impl)\.[cm]?[jt]s$/.test(file))).toEqual([]);
});
