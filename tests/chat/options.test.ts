import { expect, it } from "vitest";
import { Program } from "../support/program.js";

const [REDIS, POSTGRES] = [
  ["--redis", "redis://127.0.0.1"],
  ["--postgres", "postgres://127.0.0.1/chat"],
];

it.each([
  ["--workers without a cluster", ["--workers", "2"], /^--workers needs --redis and --postgres: /],
  ["--workers with Redis alone", ["--workers", "2", ...REDIS], /^--workers needs --redis and --postgres: /],
  ["no workers", ["--workers", "0", ...REDIS, ...POSTGRES], /^--workers must be a number of processes, from 1 to 999/],
  ["--redis alone", REDIS, /^--redis needs --postgres: /],
  ["--postgres alone", POSTGRES, /^--postgres needs --redis: /],
  ["--memory in a cluster", ["--memory", ...REDIS, ...POSTGRES], /^--memory keeps messages in one process: /],
  ["an option that does not exist", ["--worker", "2"], /^Unknown option '--worker'/],
])("the chat refuses %s, by name", async (_, args, reason) => {
  const program = new Program("examples/chat/server/main.mjs", args);
  expect(await program.exit()).toBe(1);
  expect(program.lines).toHaveLength(1);
  expect(program.lines[0]).toMatch(reason);
});
