import { runCase } from "@im/transport-compliance";
import { describe, expect, it } from "vitest";
import { brokenTransport } from "./support/broken-transport.js";
import { mutants } from "./support/mutants.js";

/** What a broken transport never does need not be waited for as long as what a whole one does. */
const DEADLINE_MS = 1_500;

describe("a transport that", () => {
  for (const { fault, caughtBy, says, ...broken } of mutants) {
    it(`${fault} is caught by ${caughtBy}`, async () => {
      await expect(runCase(brokenTransport(broken), caughtBy, { deadlineMs: DEADLINE_MS })).rejects.toThrow(says);
    });
  }
});

describe("a transport without fault", () => {
  for (const id of new Set(mutants.map(({ caughtBy }) => caughtBy))) {
    it(`passes ${id}`, () => runCase(brokenTransport({}), id));
  }
});
